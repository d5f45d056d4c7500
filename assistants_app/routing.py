from django.urls import path

from assistants_app.consumers import ThreadConsumer

websocket_urlpatterns = [
    path("ws/threads/<str:thread_id>/", ThreadConsumer.as_asgi()),  # type: ignore[arg-type]
]
