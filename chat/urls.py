"""Paths of the chat: pages, and the HTTP doors of the protocol."""

from django.urls import path, re_path

from chat import history, views

urlpatterns = [
    path("", views.home, name="home"),
    path("r/<uuid:repository_id>/", views.repository, name="repository"),
    path("r/<uuid:repository_id>/source", views.source, name="source"),
    path("c/<uuid:conversation_id>/", views.conversation, name="conversation"),
    path("m/<uuid:message_id>/answer.md", views.message_markdown, name="message-markdown"),
    re_path(
        r"^c/(?P<conversation_id>[0-9a-f-]{36})/(?P<action>pin|unpin|archive|unarchive|rename|delete|restore)$",
        history.change,
        name="conversation-change",
    ),
    re_path(
        r"^c/(?P<conversation_id>[0-9a-f-]{36})/export\.(?P<form>md|json)$", history.export, name="conversation-export"
    ),
    path("conversations.json", history.export_all, name="conversations-export"),
    path("parts/rail", views.rail, name="rail"),
    path("parts/choices", views.choices, name="choices"),
    path("chat/completions/stream", views.stream, name="chat-stream"),
    path("api/chat/stream", views.stream, name="chat-stream-browser"),
    path("api/runs/<uuid:run_id>/events", views.run_events, name="run-events"),
    path("api/runs/<uuid:run_id>/stop", views.run_stop, name="run-stop"),
]
