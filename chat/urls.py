"""Paths of the chat: pages, and the HTTP doors of the protocol."""

from django.urls import path

from chat import design, history, page_views, sharing, views

urlpatterns = [
    path("", page_views.home, name="home"),
    path("r/<uuid:repository_id>/", page_views.repository, name="repository"),
    path("r/<uuid:repository_id>/source", page_views.source, name="source"),
    path("c/<uuid:conversation_id>/", page_views.conversation, name="conversation"),
    path("m/<uuid:message_id>/answer.md", page_views.message_markdown, name="message-markdown"),
    path("c/<uuid:conversation_id>/export.<slug:form>", history.export, name="conversation-export"),
    path("c/<uuid:conversation_id>/shares", sharing.shares, name="shares"),
    path("c/<uuid:conversation_id>/share", sharing.share, name="share"),
    path("c/<uuid:conversation_id>/shares/<int:share_id>/revoke", sharing.revoke, name="share-revoke"),
    path("s/<slug:key>/", sharing.shared, name="shared"),
    path("m/<uuid:message_id>/rating", history.rate, name="message-rating"),
    path("c/<uuid:conversation_id>/<slug:action>", history.change, name="conversation-change"),
    path("conversations.json", history.export_all, name="conversations-export"),
    path("parts/rail", page_views.rail, name="rail"),
    path("parts/switch", page_views.switch, name="switch"),
    path("m/<uuid:message_id>/footer", page_views.message_footer, name="message-footer"),
    path("parts/choices", page_views.choices, name="choices"),
    path("design/", design.design, name="design"),
    path("chat/completions/stream", views.stream, name="chat-stream"),
    path("api/chat/stream", views.stream, name="chat-stream-browser"),
    path("api/runs/<uuid:run_id>/events", views.run_events, name="run-events"),
    path("api/runs/<uuid:run_id>/stop", views.run_stop, name="run-stop"),
]
