"""The tables of the chat."""

from chat.models.attachment import Attachment, AttachmentQuerySet
from chat.models.conversation import (
    LEASE,
    Asked,
    Conversation,
    ConversationQuerySet,
    Message,
    MessageQuerySet,
    Share,
    ShareQuerySet,
    _new_key,
)
from chat.models.run import AnonymousRun, RunEvent

__all__ = [
    "LEASE",
    "AnonymousRun",
    "Asked",
    "Attachment",
    "AttachmentQuerySet",
    "Conversation",
    "ConversationQuerySet",
    "Message",
    "MessageQuerySet",
    "RunEvent",
    "Share",
    "ShareQuerySet",
    "_new_key",  # which a migration names
]
