"""WebSocket paths."""

from django.urls import path, re_path

from chat.api.consumers import ChatConsumer, UnknownPathConsumer

websocket_urlpatterns = [
    path("ws/chat", ChatConsumer.as_asgi()),
    path("ws/chat/", ChatConsumer.as_asgi()),
    re_path(r"", UnknownPathConsumer.as_asgi()),
]
