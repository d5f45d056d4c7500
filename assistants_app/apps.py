from django.apps import AppConfig


class AssistantsConfig(AppConfig):
    name = "assistants_app"
    label = "assistants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assistants_app.catalog.load import catalog_kind
        from assistants_app.providers.registry import CHAT_KINDS
        from assistants_app.samples import create_samples
        from assistants_app.services.assistant_names import assistant_names
        from assistants_app.services.endings import recover
        from assistants_app.services.model_list import chat_model_list
        from assistants_app.services.model_uses import uses_of_assistants
        from playground.organizations import assistant_names as names
        from playground.organizations.kinds import (
            add_catalog,
            add_model_list,
            add_service,
        )
        from playground.organizations.retiring import add_source
        from playground.shell import startup

        presets = {"openai": "gpt-4.1", "offline": "offline-chat"}
        for kind in CHAT_KINDS:
            add_service(kind, "chat", model=presets.get(kind, ""))
        add_catalog("chat", catalog_kind)
        add_model_list("chat", chat_model_list())
        add_source(uses_of_assistants)
        names.register(assistant_names)
        startup.register(recover)
        startup.on_first_run.append(create_samples)
