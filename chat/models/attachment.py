"""Files that people attach to questions."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from chat.core.json_shapes import AttachmentItem

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

MAX_NAME_CHARS = 120


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Questions about attached files."""

    def of(self, person: AbstractBaseUser | AnonymousUser) -> AttachmentQuerySet:
        """A person's own, but those of conversations that they deleted."""
        if person.pk is None:
            return self.none()
        return self.filter(user=person.pk, conversation__deleted_at=None)

    def unsent(self) -> AttachmentQuerySet:
        """Those of no conversation yet."""
        return self.filter(conversation=None)

    def for_conversation(self, conversation_id: uuid.UUID) -> AttachmentQuerySet:
        """Those that a question of a conversation may have: unsent, or of the same."""
        return self.filter(Q(conversation=None) | Q(conversation=conversation_id))


class Attachment(models.Model):
    """A file that a person attached: a text as UTF-8, or an image.

    Questions name it in Message.attachments. It belongs to their conversation, with which it is
    removed; one of no conversation is removed after a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attachments"
    )
    conversation = models.ForeignKey(
        "chat.Conversation", null=True, on_delete=models.CASCADE, related_name="attachments"
    )
    name = models.CharField(max_length=MAX_NAME_CHARS)
    media_type = models.CharField(max_length=40)
    data = models.BinaryField()
    size = models.IntegerField(help_text="Bytes.")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = AttachmentQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Attachment {self.pk}"

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def content_type(self) -> str:
        """The media type, of a text with its encoding."""
        if self.is_image:
            return self.media_type
        return f"{self.media_type}; charset=utf-8"

    @property
    def item(self) -> AttachmentItem:
        """How a question names it."""
        return AttachmentItem(
            id=str(self.pk), name=self.name, media_type=self.media_type, size=self.size
        )
