from django.urls import path

from assistants_app.consumers import RailConsumer, ThreadConsumer

websocket_urlpatterns = [
    path("ws/threads/", RailConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/threads/<str:thread_id>/", ThreadConsumer.as_asgi()),  # type: ignore[arg-type]
]
