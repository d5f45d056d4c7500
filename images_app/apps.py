from django.apps import AppConfig


class ImagesConfig(AppConfig):
    name = "images_app"
    label = "images"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from images_app.catalog.load import catalog_kind
        from images_app.kinds import register_kinds
        from images_app.services.model_list import image_model_list
        from images_app.services.outcome import recover
        from playground.organizations.kinds import add_catalog, add_model_list
        from playground.shell import startup

        register_kinds()
        add_catalog("image", catalog_kind)
        add_model_list("image", image_model_list())
        startup.register(recover)
