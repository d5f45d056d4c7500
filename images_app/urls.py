from django.urls import URLPattern, URLResolver, path

from images_app.views import files, generations, tester

app_name = "images"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", tester.tester, name="tester"),
    path("plan/", tester.plan, name="plan"),
    path("options/", tester.options, name="options"),
    path("sources/", tester.sources, name="sources"),
    path("new/", generations.generation_create, name="generation_create"),
    path("sample/", files.sample, name="sample"),
    path("files/<str:public_id>/", files.file, name="file"),
    path("<str:public_id>/", generations.generation_detail, name="generation_detail"),
    path(
        "<str:public_id>/retry/",
        generations.generation_retry,
        name="generation_retry",
    ),
    path("<str:public_id>/stop/", generations.generation_stop, name="generation_stop"),
]
