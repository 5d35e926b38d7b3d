"""WebSocket paths."""

from django.urls import path, re_path

from chat.api.consumers import ChatConsumer, NotHere

websocket_urlpatterns = [
    path("ws/chat", ChatConsumer.as_asgi()),
    path("ws/chat/", ChatConsumer.as_asgi()),
    re_path(r"", NotHere.as_asgi()),
]
