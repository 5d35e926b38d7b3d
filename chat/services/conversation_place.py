"""Where a question stands in its conversation, and the turns before it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from chat.core.errors import BadRequest, NoSuchRepository
from chat.core.json_shapes import AttachmentItem
from chat.core.request import ChatRequest, Turn
from chat.message_tree import ancestors
from chat.models import Conversation, Message
from repos.models import Repository

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

MessagesById = dict[uuid.UUID, Message]


@dataclass(frozen=True)
class ConversationPlace:
    """Where a question stands: its conversation, the message before it, its position.

    `attachments` are the files of the questions before it, in order.
    """

    conversation_id: uuid.UUID
    is_new: bool
    history: tuple[Turn, ...]
    parent_id: uuid.UUID | None = None
    position: int = 1
    attachments: tuple[AttachmentItem, ...] = ()


def place_in_conversation(
    person: Person, request: ChatRequest, repository: Repository, conversation_id: uuid.UUID
) -> ConversationPlace:
    """Where the question follows in its conversation, whose row is locked."""
    own = Conversation.objects.of(person).select_for_update()
    conversation = own.filter(pk=conversation_id, repository=repository).first()
    if conversation is None:
        raise NoSuchRepository("no_such_conversation")
    columns = ("id", "parent_id", "position", "role", "content", "attachments")
    messages = list(conversation.messages.only(*columns).order_by("position"))
    parent, before = _messages_before(messages, request)
    Conversation.objects.filter(pk=conversation.pk).update(updated_at=timezone.now())
    return ConversationPlace(
        conversation_id=conversation.pk,
        is_new=False,
        history=tuple(_turn(one) for one in before if one.content)[-settings.HISTORY_MESSAGES :],
        parent_id=parent.pk if parent is not None else None,
        position=_next_position(messages),
        attachments=tuple(item for one in before for item in one.attachments),
    )


def _next_position(messages: list[Message]) -> int:
    if not messages:
        return 1
    return messages[-1].position + 1


def _messages_before(
    messages: list[Message], request: ChatRequest
) -> tuple[Message | None, list[Message]]:
    """The message that the question follows, and those up to it.

    The history is taken from the rows: a client cannot put words into an answer. Raises
    BadRequest.
    """
    by_id = {message.pk: message for message in messages}
    parent = _parent(by_id, request)
    if parent is None:
        return None, []
    return parent, ancestors(by_id, parent)


def _parent(by_id: MessagesById, request: ChatRequest) -> Message | None:
    if request.edit is not None:
        return _parent_of_edited(by_id, _message(by_id, request.edit))
    if request.parent is not None:
        return _message(by_id, request.parent)
    return next(reversed(by_id.values()), None)


def _parent_of_edited(by_id: MessagesById, edited: Message) -> Message | None:
    if edited.role == Message.Role.ASSISTANT and edited.parent_id:
        edited = by_id[edited.parent_id]  # an answer stands for its question
    if not edited.parent_id:
        return None
    return by_id.get(edited.parent_id)


def _message(by_id: MessagesById, message_id: uuid.UUID) -> Message:
    if message_id not in by_id:
        raise BadRequest("parent_not_in_conversation")
    return by_id[message_id]


def _turn(message: Message) -> Turn:
    is_answer = message.role == Message.Role.ASSISTANT
    return Turn("assistant" if is_answer else "user", message.content)
