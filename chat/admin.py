"""Conversations in the admin: who asked about what and when; the text only with a permission of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from chat.models import Conversation, Message
from repos.admin import ReadOnly


def may_read_text(request: HttpRequest) -> bool:
    """Message text is private even from staff, unless they hold `chat.read_message_text`."""
    return request.user.has_perm("chat.read_message_text")


@admin.register(Conversation)
class ConversationAdmin(ReadOnly):
    list_display = ["id", "user", "repository", "message_count", "created_at", "updated_at"]
    list_select_related = ["user", "repository"]
    list_filter = ["updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        return super().get_queryset(request).annotate(message_count=Count("messages"))  # type: ignore[no-any-return]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ["id", "user", "repository", "created_at", "updated_at"]
        return [*fields, "title"] if may_read_text(request) else fields

    @admin.display(description="Messages", ordering="message_count")
    def message_count(self, conversation: Any) -> int:
        return int(conversation.message_count)


@admin.register(Message)
class MessageAdmin(ReadOnly):
    list_display = ["id", "conversation_id", "number", "role", "state", "provider", "model", "created_at"]
    list_filter = ["role", "state", "provider"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ["conversation", "number", "role", "state", "provider", "model", "language", "commit", "mode", "usage",
                  "error", "created_at", "finished_at"]  # fmt: skip
        return [*fields, "content", "sources"] if may_read_text(request) else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)
