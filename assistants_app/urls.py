from django.urls import path

import playground.lib.path_numbers  # noqa: F401  (for `<number:…>`)
from assistants_app.views import assistants, runs, threads

app_name = "assistants"
urlpatterns = [
    path("playground/", threads.home, name="home"),
    path("threads/", threads.thread_create, name="thread_create"),
    path("threads/rail/", threads.thread_rail, name="thread_rail"),
    path("threads/<str:thread_id>/", threads.thread_detail, name="thread_detail"),
    path(
        "threads/<str:thread_id>/messages/",
        threads.message_create,
        name="message_create",
    ),
    path("runs/<str:run_id>/cancel/", runs.run_cancel, name="run_cancel"),
    path("runs/<str:run_id>/outputs/", runs.run_outputs, name="run_outputs"),
    path("runs/<str:run_id>/retry/", runs.run_retry, name="run_retry"),
    path("assistants/", assistants.assistant_list, name="assistant_list"),
    path("assistants/new/", assistants.assistant_create, name="assistant_create"),
    path(
        "assistants/<str:assistant_id>/",
        assistants.assistant_edit,
        name="assistant_edit",
    ),
    path(
        "assistants/<str:assistant_id>/delete/",
        assistants.assistant_delete,
        name="assistant_delete",
    ),
    path(
        "assistants/<str:assistant_id>/versions/<number:number>/restore/",
        assistants.assistant_restore,
        name="assistant_restore",
    ),
    path(
        "assistants/<str:assistant_id>/duplicate/",
        assistants.assistant_duplicate,
        name="assistant_duplicate",
    ),
]
