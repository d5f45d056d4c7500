from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "playground.shell"
    label = "shell"
