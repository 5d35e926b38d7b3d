"""One's own conversations, their messages, and ratings of answers."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chat.api.rest.identity import MANAGE, READ, person_of, reader_of
from chat.api.rest.lists import Listed, ListOf, ListQuery
from chat.api.rest.problems import no_such
from chat.api.rest.texts import QueryShort, RequestBody, Short, Text
from chat.models import Conversation, ConversationQuerySet, Message
from chat.services import conversation_removal, own_conversations

router = Router(tags=["conversations"])


class ConversationRow(Schema):
    """A conversation of yours about a repository."""

    id: uuid.UUID
    title: str
    repository: uuid.UUID
    pinned: bool
    archived: bool
    created_at: datetime
    updated_at: datetime

    @staticmethod
    def resolve_repository(conversation: Conversation) -> uuid.UUID:
        return conversation.repository_id


class ConversationChange(RequestBody):
    """What to change; what is left out stays."""

    title: Short | None = None
    pinned: bool | None = None
    archived: bool | None = None


class MessageRow(Schema):
    """A question or an answer. `parent` is the message that it follows."""

    id: uuid.UUID
    conversation: uuid.UUID
    position: int
    parent: uuid.UUID | None = None
    role: str
    content: str
    state: str
    provider: str
    model: str
    language: str
    commit: str
    sources: list[dict[str, Any]]
    citations: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    rating: int | None = None
    rating_reason: str
    error: str
    created_at: datetime
    finished_at: datetime | None = None

    @staticmethod
    def resolve_conversation(message: Message) -> uuid.UUID:
        return message.conversation_id

    @staticmethod
    def resolve_parent(message: Message) -> uuid.UUID | None:
        return message.parent_id


class Rating(RequestBody):
    """Whether an answer helped, and why."""

    rating: Literal[1, -1]
    reason: Text = ""


class ConversationsQuery(ListQuery):
    """Which conversations."""

    query: QueryShort = Field("", description="Only those in which every word of this stands.")
    archived: bool = False


@router.get("/conversations", response=Listed[ConversationRow], auth=READ)
def list_conversations(request: HttpRequest, query: Query[ConversationsQuery]) -> dict[str, Any]:
    """Your conversations, last used first."""
    rows = _own(request).filter(archived=query.archived)
    if query.query:
        rows = rows.holding(query.query)
    part = ListOf.of("conversations", reader_of(request), query)
    return part.newest_first(rows, "updated_at")


@router.get("/conversations/{conversation_id}", response=ConversationRow, auth=READ)
def get_conversation(request: HttpRequest, conversation_id: uuid.UUID) -> Conversation:
    """A conversation of yours."""
    return own_conversation(request, conversation_id)


@router.patch("/conversations/{conversation_id}", response=ConversationRow, auth=MANAGE)
def change_conversation(
    request: HttpRequest, conversation_id: uuid.UUID, change: ConversationChange
) -> Conversation:
    """Rename, pin or archive a conversation of yours."""
    conversation = own_conversation(request, conversation_id)
    rows = Conversation.objects.filter(pk=conversation.pk)
    own_conversations.rename(rows, change.title or "")
    flags = change.model_dump(include={"pinned", "archived"}, exclude_none=True)
    if flags:
        rows.update(**flags)
    return own_conversation(request, conversation_id)


@router.delete("/conversations/{conversation_id}", response={204: None}, auth=MANAGE)
def delete_conversation(request: HttpRequest, conversation_id: uuid.UUID) -> Status[None]:
    """Delete a conversation of yours; it can be brought back on the page for some days."""
    conversation = own_conversation(request, conversation_id)
    conversation_removal.remove(Conversation.objects.filter(pk=conversation.pk))
    return Status(204, None)


@router.get("/conversations/{conversation_id}/messages", response=Listed[MessageRow], auth=READ)
def list_messages(
    request: HttpRequest, conversation_id: uuid.UUID, query: Query[ListQuery]
) -> dict[str, Any]:
    """The messages of a conversation of yours, in the order in which they came."""
    conversation = own_conversation(request, conversation_id)
    part = ListOf.of(f"messages of {conversation.pk}", reader_of(request), query)
    return part.by_number(conversation.messages.all(), "position")


@router.get("/messages/{message_id}", response=MessageRow, auth=READ)
def get_message(request: HttpRequest, message_id: uuid.UUID) -> Message:
    """A message of a conversation of yours."""
    return _found(Message.objects.filter(conversation__in=_own(request)), message_id)


@router.put("/messages/{message_id}/rating", response=MessageRow, auth=MANAGE)
def rate_answer(request: HttpRequest, message_id: uuid.UUID, rating: Rating) -> Message:
    """Say whether an answer helped."""
    answer = _answer(request, message_id)
    own_conversations.rate(answer, rating.rating, rating.reason)
    return answer


@router.delete("/messages/{message_id}/rating", response={204: None}, auth=MANAGE)
def remove_rating(request: HttpRequest, message_id: uuid.UUID) -> Status[None]:
    """Take a rating back."""
    own_conversations.rate(_answer(request, message_id), None)
    return Status(204, None)


def _own(request: HttpRequest) -> ConversationQuerySet:
    return own_conversations.own_conversations(person_of(request))


def own_conversation(request: HttpRequest, conversation_id: uuid.UUID) -> Conversation:
    """A conversation of the person. Raises Problem."""
    found = _own(request).filter(pk=conversation_id).first()
    if found is None:
        raise no_such()
    return found


def _answer(request: HttpRequest, message_id: uuid.UUID) -> Message:
    """Raises Problem."""
    return _found(Message.objects.answers_of(person_of(request)), message_id)


def _found(rows: Any, message_id: uuid.UUID) -> Message:
    found: Message | None = rows.filter(pk=message_id).first()
    if found is None:
        raise no_such()
    return found
