"""URLs of the chat: pages, parts of pages, endpoints of the chat protocol."""

from django.urls import path
from django.views.generic import RedirectView

from chat.api import views as api_views
from chat.api.mcp.resource_metadata import resource_metadata
from chat.api.rest import reference as rest_reference
from chat.api.rest import views as rest_views
from chat.api.slack import views as slack_views
from chat.api.v1 import views as v1_views
from chat.web import (
    about,
    attachment_views,
    code_search,
    completions,
    diagram_views,
    export_views,
    history_views,
    settings_views,
    share_views,
    styleguide,
    title_views,
    views,
)
from chat.web.reader import name_views
from chat.web.reader import views as reader_views
from chat.web.reader.file_matches import code_matches

pages = [
    path("", views.home, name="home"),
    path("r/<uuid:repository_id>/", views.repository_page, name="repository"),
    path("r/<uuid:repository_id>/about", about.repository_about, name="repository-about"),
    path("c/<uuid:conversation_id>/", views.conversation_page, name="conversation"),
    path("s/<slug:key>/", share_views.shared_conversation, name="shared"),
    path("accounts/models/", settings_views.model_settings, name="model-settings"),
    path("accounts/usage/", settings_views.usage, name="usage"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("design/", RedirectView.as_view(pattern_name="styleguide")),  # former address
]
parts = [
    path("r/<uuid:repository_id>/source", views.source, name="source"),
    path("r/<uuid:repository_id>/completions", completions.completions, name="completions"),
    path("m/<uuid:message_id>/footer", views.message_footer, name="message-footer"),
    path("diagrams/<slug:key>/<slug:data>.svg", diagram_views.diagram, name="diagram"),
    path("parts/attachments", attachment_views.attachment_new, name="attachment-new"),
    path("parts/attachments/<uuid:attachment_id>", attachment_views.attachment, name="attachment"),
    path(
        "parts/attachments/<uuid:attachment_id>/remove",
        attachment_views.attachment_remove,
        name="attachment-remove",
    ),
    path(
        "s/<slug:key>/attachments/<uuid:attachment_id>",
        attachment_views.shared_attachment,
        name="shared-attachment",
    ),
    path(
        "c/<uuid:conversation_id>/title", title_views.conversation_title, name="conversation-title"
    ),
    path("parts/rail", history_views.rail, name="rail"),
    path("parts/switch", views.quick_switcher, name="switch"),
    path("parts/choices", views.repository_choices, name="choices"),
    path("parts/further", views.further_choices, name="further-choices"),
]
exports = [
    path("m/<uuid:message_id>/content.md", export_views.message_content, name="message-content"),
    path("m/<uuid:message_id>/answer.md", export_views.message_markdown, name="message-markdown"),
    path(
        "c/<uuid:conversation_id>/export.<slug:file_format>",
        export_views.export_conversation,
        name="conversation-export",
    ),
    path("conversations.json", export_views.export_all, name="conversations-export"),
]
changes = [
    path("c/<uuid:conversation_id>/shares", share_views.share_dialog, name="shares"),
    path("c/<uuid:conversation_id>/share", share_views.create_share, name="share"),
    path(
        "c/<uuid:conversation_id>/shares/<int:share_id>/revoke",
        share_views.revoke_share,
        name="share-revoke",
    ),
    path(
        "conversations/<slug:action>",
        history_views.change_conversations,
        name="conversations-change",
    ),
    path("m/<uuid:message_id>/rating", history_views.rate_answer, name="message-rating"),
    path(  # after those above: `action` matches any word
        "c/<uuid:conversation_id>/<slug:action>",
        history_views.change_conversation,
        name="conversation-change",
    ),
]
reader = [
    path("r/<uuid:repository_id>/code/", reader_views.code, name="code"),
    path("r/<uuid:repository_id>/code/<path:path>", reader_views.code, name="code"),
    path("r/<uuid:repository_id>/code-lines", reader_views.code_lines, name="code-lines"),
    path("r/<uuid:repository_id>/code-folder", reader_views.code_folder, name="code-folder"),
    path("r/<uuid:repository_id>/search", code_search.search_code, name="code-search"),
    path("r/<uuid:repository_id>/code-update", reader_views.code_update, name="code-update"),
    path("r/<uuid:repository_id>/code-find", reader_views.code_find, name="code-find"),
    path("r/<uuid:repository_id>/code-matches", code_matches, name="code-matches"),
    path("r/<uuid:repository_id>/code-files", reader_views.code_files, name="code-files"),
    path("r/<uuid:repository_id>/code-outline", name_views.code_outline, name="code-outline"),
    path("r/<uuid:repository_id>/code-name", name_views.code_name, name="code-name"),
    path(
        "r/<uuid:repository_id>/code-definitions",
        name_views.code_definitions,
        name="code-definitions",
    ),
    path(
        "r/<uuid:repository_id>/code-references", name_views.code_references, name="code-references"
    ),
    path("r/<uuid:repository_id>/code-callers", name_views.code_callers, name="code-callers"),
]
endpoints = [
    path("chat/completions/stream", api_views.stream, name="chat-stream"),
    path("api/chat/stream", api_views.stream, name="chat-stream-browser"),
    path("api/runs/<uuid:run_id>/events", api_views.run_events, name="run-events"),
    path("api/runs/<uuid:run_id>/stop", api_views.run_stop, name="run-stop"),
]
openai = [
    path("v1/models", v1_views.models, name="v1-models"),
    path("v1/models/<path:name>", v1_views.model, name="v1-model"),
    path("v1/chat/completions", v1_views.chat_completions, name="v1-chat"),
    path("v1/responses", v1_views.responses, name="v1-responses"),
    path("v1/<path:path>", v1_views.unknown, name="v1-unknown"),
]
rest = [
    path("api/v1/<path:path>", rest_views.rest, name="rest"),
    path("api-reference/", rest_reference.reference, name="api-reference"),
]
slack = [path("slack/events", slack_views.events, name="slack-events")]
agents = [
    path(".well-known/oauth-protected-resource", resource_metadata, name="resource-metadata"),
    path(
        ".well-known/oauth-protected-resource/mcp", resource_metadata, name="resource-metadata-mcp"
    ),
]
programs = [*endpoints, *openai, *rest, *slack, *agents]
urlpatterns = [*pages, *parts, *exports, *changes, *reader, *programs]
