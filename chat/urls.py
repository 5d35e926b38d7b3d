"""Paths of the chat: pages, and the HTTP doors of the protocol."""

from django.urls import path

from chat import history, views

urlpatterns = [
    path("", views.home, name="home"),
    path("r/<uuid:repository_id>/", views.repository, name="repository"),
    path("r/<uuid:repository_id>/source", views.source, name="source"),
    path("c/<uuid:conversation_id>/", views.conversation, name="conversation"),
    path("m/<uuid:message_id>/answer.md", views.message_markdown, name="message-markdown"),
    path("c/<uuid:conversation_id>/export.<slug:form>", history.export, name="conversation-export"),
    path("c/<uuid:conversation_id>/<slug:action>", history.change, name="conversation-change"),
    path("conversations.json", history.export_all, name="conversations-export"),
    path("parts/rail", views.rail, name="rail"),
    path("parts/choices", views.choices, name="choices"),
    path("chat/completions/stream", views.stream, name="chat-stream"),
    path("api/chat/stream", views.stream, name="chat-stream-browser"),
    path("api/runs/<uuid:run_id>/events", views.run_events, name="run-events"),
    path("api/runs/<uuid:run_id>/stop", views.run_stop, name="run-stop"),
]
