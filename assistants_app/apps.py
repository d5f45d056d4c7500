from django.apps import AppConfig


class AssistantsConfig(AppConfig):
    name = "assistants_app"
    label = "assistants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assistants_app.catalog.load import catalog_kind
        from assistants_app.samples import create_samples
        from assistants_app.services.endings import recover
        from playground.organizations.kinds import add_catalog, add_service
        from playground.shell import startup

        add_service("openai", "chat", model="gpt-4.1")
        add_service("offline", "chat", model="offline-chat")
        add_catalog("chat", catalog_kind)
        startup.register(recover)
        startup.on_first_run.append(create_samples)
