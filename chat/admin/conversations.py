"""Conversations in the admin; their text needs a permission of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models import Asked, Conversation, Message, Share
from deepwiki.foundation.read_only_admin import ReadOnly, ReadOnlyWithActions, short_date

CONVERSATION_FIELDS = ["id", "user", "repository", "created_at", "updated_at"]
MESSAGE_FIELDS = [
    "conversation",
    "position",
    "role",
    "state",
    "provider",
    "model",
    "language",
    "commit",
    "search_mode",
    "usage",
    "error",
    "created_at",
    "finished_at",
]
SHOWN_TITLE_CHARS = 80
RATINGS = {1: _("helpful"), -1: _("not helpful")}


def may_read_text(request: HttpRequest) -> bool:
    """Text is private even from staff, unless they have `chat.read_message_text`."""
    return request.user.has_perm("chat.read_message_text")


def name_of(conversation: Conversation) -> str:
    """What a conversation is called where its text may not be read."""
    began = short_date(conversation.created_at)
    about = {
        "person": conversation.user,
        "repository": conversation.repository.name,
        "date": began,
    }
    return gettext("%(person)s about %(repository)s, %(date)s") % about


@admin.register(Conversation)
class ConversationAdmin(ReadOnly):
    list_display = ["name", "user", "repository", "message_count", "changed"]
    list_select_related = ["user", "repository"]
    list_filter = ["updated_at"]
    search_fields = ["user__username", "repository__name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        return super().get_queryset(request).annotate(message_count=Count("messages"))  # type: ignore[no-any-return]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if may_read_text(request):
            return [*CONVERSATION_FIELDS, "title"]
        return CONVERSATION_FIELDS

    def get_list_display(self, request: HttpRequest) -> Any:
        """By their titles, for who may read text: they are made of the first question."""
        first = "titled" if may_read_text(request) else "name"
        return [first, *self.list_display[1:]]

    @admin.display(description=_("Conversation"))
    def titled(self, conversation: Conversation) -> str:
        return Truncator(conversation.title).chars(SHOWN_TITLE_CHARS) or name_of(conversation)

    @admin.display(description=_("Conversation"))
    def name(self, conversation: Conversation) -> str:
        return name_of(conversation)

    @admin.display(description=_("Changed"), ordering="updated_at")
    def changed(self, conversation: Conversation) -> str:
        return short_date(conversation.updated_at)

    @admin.display(description=_("Messages"), ordering="message_count")
    def message_count(self, conversation: Any) -> int:
        return int(conversation.message_count)


@admin.register(Asked)
class AskedAdmin(ReadOnly):
    """Who asked about what repository.

    The words of a question are on its message's page, with that permission.
    """

    list_display = [
        "at",
        "asked_by",
        "repository",
        "model_asked",
        "state_of_answer",
        "tokens",
        "rating",
    ]
    list_filter = ["created_at", "children__provider", "children__state"]
    list_select_related = ["asked_by", "conversation__repository"]
    search_fields = ["asked_by__username", "conversation__repository__name"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    readonly_fields = [
        "created_at",
        "asked_by",
        "repository",
        "model_asked",
        "state_of_answer",
        "tokens",
    ]
    fields = [*readonly_fields]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Asked]:
        questions = super().get_queryset(request).filter(role=Message.Role.USER)
        return questions.prefetch_related("children")

    @admin.display(description=_("Asked"), ordering="created_at")
    def at(self, question: Asked) -> str:
        return short_date(question.created_at)

    @admin.display(description=_("Repository"))
    def repository(self, question: Asked) -> str:
        return question.conversation.repository.name

    @admin.display(description=_("Model"))
    def model_asked(self, question: Asked) -> str:
        return ", ".join(f"{answer.provider} {answer.model}" for answer in question.children.all())

    @admin.display(description=_("Answer"))
    def state_of_answer(self, question: Asked) -> str:
        return ", ".join(answer.get_state_display() for answer in question.children.all())

    @admin.display(description=_("Tokens"))
    def tokens(self, question: Asked) -> int:
        return sum(map(_tokens_of, question.children.all()))

    @admin.display(description=_("Rating"))
    def rating(self, question: Asked) -> str:
        return ", ".join(
            str(RATINGS.get(answer.rating or 0, "")) for answer in question.children.all()
        )


def _tokens_of(answer: Message) -> int:
    usage = answer.usage
    return (usage.get("input_tokens") or 0) + (usage.get("output_tokens") or 0)


@admin.register(Share)
class ShareAdmin(ReadOnlyWithActions):
    """Links to conversations; an administrator can take them back."""

    list_display = ["shared", "created_at", "expires_at", "revoked_at"]
    list_select_related = ["conversation__user", "conversation__repository"]
    fields = ["conversation", "created_at", "expires_at", "revoked_at"]
    actions = ["revoke"]

    @admin.display(description=_("Conversation"))
    def shared(self, share: Share) -> str:
        return name_of(share.conversation)

    @admin.action(description=_("Take back"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Share]) -> None:
        queryset.filter(revoked_at=None).update(revoked_at=timezone.now())


@admin.register(Message)
class MessageAdmin(ReadOnly):
    list_display = ["what", "talk", "state", "model_used", "at"]
    list_filter = ["role", "state", "provider"]
    list_select_related = ["conversation__user", "conversation__repository"]
    show_full_result_count = False

    @admin.display(description=_("Message"))
    def what(self, message: Message) -> str:
        if message.role == Message.Role.USER:
            return gettext("Question %s") % message.position
        return gettext("Answer %s") % message.position

    @admin.display(description=_("Conversation"))
    def talk(self, message: Message) -> str:
        return name_of(message.conversation)

    @admin.display(description=_("At"), ordering="created_at")
    def at(self, message: Message) -> str:
        return short_date(message.created_at)

    @admin.display(description=_("Model"), ordering="model")
    def model_used(self, message: Message) -> str:
        return f"{message.provider} {message.model}".strip() or "–"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what follows it would go, too: conversations are deleted whole

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if may_read_text(request):
            return [*MESSAGE_FIELDS, "content", "sources"]
        return MESSAGE_FIELDS

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)
