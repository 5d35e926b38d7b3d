"""Paths of the chat: pages, and the HTTP doors of the protocol."""

from django.urls import path

from chat.api import views as api_views
from chat.web import export_views, history_views, share_views, styleguide, views

urlpatterns = [
    path("", views.home, name="home"),
    path("r/<uuid:repository_id>/", views.repository, name="repository"),
    path("r/<uuid:repository_id>/source", views.source, name="source"),
    path("c/<uuid:conversation_id>/", views.conversation, name="conversation"),
    path("m/<uuid:message_id>/answer.md", views.message_markdown, name="message-markdown"),
    path(
        "c/<uuid:conversation_id>/export.<slug:form>",
        export_views.export,
        name="conversation-export",
    ),
    path("c/<uuid:conversation_id>/shares", share_views.shares, name="shares"),
    path("c/<uuid:conversation_id>/share", share_views.share, name="share"),
    path(
        "c/<uuid:conversation_id>/shares/<int:share_id>/revoke",
        share_views.revoke,
        name="share-revoke",
    ),
    path("s/<slug:key>/", share_views.shared, name="shared"),
    path("m/<uuid:message_id>/rating", history_views.rate, name="message-rating"),
    path(
        "c/<uuid:conversation_id>/<slug:action>", history_views.change, name="conversation-change"
    ),
    path("conversations.json", export_views.export_all, name="conversations-export"),
    path("parts/rail", views.rail, name="rail"),
    path("parts/switch", views.switch, name="switch"),
    path("m/<uuid:message_id>/footer", views.message_footer, name="message-footer"),
    path("parts/choices", views.choices, name="choices"),
    path("design/", styleguide.design, name="design"),
    path("chat/completions/stream", api_views.stream, name="chat-stream"),
    path("api/chat/stream", api_views.stream, name="chat-stream-browser"),
    path("api/runs/<uuid:run_id>/events", api_views.run_events, name="run-events"),
    path("api/runs/<uuid:run_id>/stop", api_views.run_stop, name="run-stop"),
]
