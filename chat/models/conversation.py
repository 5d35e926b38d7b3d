"""Conversations and their messages."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.core.reasoning import without_reasoning
from repos.models import Repository

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

LEASE = timedelta(seconds=30)


def _new_key() -> str:
    return secrets.token_urlsafe(24)  # 192 bits: a link that cannot be guessed


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Questions about conversations."""

    def of(self, person: AbstractBaseUser | AnonymousUser) -> ConversationQuerySet:
        """A person's own, newest first; nobody else's, ever, and none they deleted."""
        return self.with_deleted(person).filter(deleted_at=None)

    def with_deleted(self, person: AbstractBaseUser | AnonymousUser) -> ConversationQuerySet:
        """A person's own, those too that can still be brought back."""
        return self.filter(user=person.pk) if person.pk else self.none()

    def holding(self, text: str) -> ConversationQuerySet:
        """Those in whose title or messages every word of `text` stands."""
        found = self
        for word in text.split()[:8]:
            said = Message.objects.filter(conversation=OuterRef("pk"), content__icontains=word)
            found = found.filter(Q(title__icontains=word) | Exists(said))
        return found


class Conversation(models.Model):
    """One person's questions about one repository."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations"
    )
    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, related_name="conversations"
    )
    title = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    updated_at = models.DateTimeField(default=timezone.now, db_default=Now())
    pinned = models.BooleanField(default=False, db_default=False)
    archived = models.BooleanField(default=False, db_default=False)
    deleted_at = models.DateTimeField(
        null=True, blank=True, help_text="Gone for its owner; deleted for good a week later."
    )

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]
        indexes = [models.Index(fields=["user", "-updated_at"], name="conversations_of_a_person")]

    def __str__(self) -> str:
        return f"Conversation {self.pk}"  # the title is message text: it has no place in lists and logs


class MessageQuerySet(models.QuerySet["Message"]):
    """Questions about messages."""

    def abandoned(self) -> MessageQuerySet:
        """Answers whose process died: their lease has run out."""
        return self.filter(
            Q(lease_at__lt=timezone.now() - LEASE) | Q(lease_at=None), state=Message.State.RUNNING
        )

    def answers_of(self, person: AbstractBaseUser | AnonymousUser) -> MessageQuerySet:
        """Answers in a person's own conversations."""
        return self.filter(
            conversation__in=Conversation.objects.of(person), role=Message.Role.ASSISTANT
        )

    def mark_interrupted(self) -> int:
        """Say of abandoned answers what they are; what was saved of them stays."""
        return self.abandoned().update(state=Message.State.INTERRUPTED, finished_at=timezone.now())


class Message(models.Model):
    """A question, or an answer with all that is known about how it came about."""

    class Role(models.TextChoices):
        USER = "user", _("User")
        ASSISTANT = "assistant", _("Assistant")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        COMPLETE = "complete", _("Complete")
        STOPPED = "stopped", _("Stopped")
        PARTIAL = "partial", _("cut off")
        INTERRUPTED = "interrupted", _("Interrupted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    position = models.IntegerField(
        help_text="The order in which messages came into the conversation, from 1."
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="children",
        help_text="What this follows; several that follow the same are versions of each other.",
    )
    role = models.CharField(max_length=10, choices=Role)
    content = models.TextField(blank=True, default="", db_default="")
    state = models.CharField(
        max_length=12, choices=State, default=State.COMPLETE, db_default=State.COMPLETE
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    client_message_id = models.UUIDField(null=True, blank=True)
    run_id = models.UUIDField(null=True, blank=True, unique=True)
    provider = models.CharField(max_length=50, blank=True, default="", db_default="")
    model = models.CharField(max_length=200, blank=True, default="", db_default="")
    language = models.CharField(max_length=10, blank=True, default="", db_default="")
    commit = models.CharField(max_length=64, blank=True, default="", db_default="")
    search_mode = models.CharField(max_length=20, blank=True, default="", db_default="")
    sources = models.JSONField(default=list, db_default=[], blank=True)
    notices = models.JSONField(default=list, db_default=[], blank=True)
    usage = models.JSONField(default=dict, db_default={}, blank=True)
    citations = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text="Each place the answer names, and whether it exists.",
    )
    verified_share = models.FloatField(
        null=True, blank=True, help_text="The share of its citations that exist."
    )
    stages = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text="Rounds of Deep Research, and where in the text each begins.",
    )
    steps = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text="Calls of tools, and what each gave.",
    )
    repositories = models.JSONField(
        default=list, db_default=[], blank=True, help_text="What is asked about, if several."
    )
    attachments = models.JSONField(
        default=list, db_default=[], blank=True, help_text="Files of a question: see Attachment."
    )
    rating = models.SmallIntegerField(null=True, blank=True, help_text="1 helpful, -1 not.")
    rating_reason = models.CharField(max_length=1000, blank=True, default="", db_default="")
    stop_requested = models.BooleanField(default=False, db_default=False)
    error = models.TextField(blank=True, default="", db_default="")
    error_reason = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="Identifies the message."
    )
    error_parameters = models.JSONField(default=dict, db_default={}, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["conversation", "position"]
        permissions = [
            ("read_message_text", "Can read the text of other people's messages"),
            ("try_models", "Can try models, which costs money"),
            ("view_metrics", "Can read the server's metrics"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "position"], name="one_message_per_place"
            ),
            models.UniqueConstraint(fields=["asked_by", "client_message_id"], name="asked_once"),
        ]
        indexes = [
            models.Index(fields=["asked_by", "-created_at"], name="questions_of_a_person"),
            models.Index(fields=["lease_at"], condition=Q(state="running"), name="running_answers"),
            models.Index(fields=["-created_at"], name="latest_messages"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.position}"

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """As Django's. Old answers were stored with the reasoning at their start: without it."""
        message = super().from_db(*args, **kwargs)
        content = message.__dict__.get("content", "")
        if message.__dict__.get("role") == cls.Role.ASSISTANT and content:
            message.content = without_reasoning(content)
        return message


class Asked(Message):
    """A question as the audit shows it: who, when, about what, with which model; never its words."""

    class Meta:
        proxy = True
        verbose_name = "question asked"
        verbose_name_plural = "audit: questions asked"


class ShareQuerySet(models.QuerySet["Share"]):
    """Questions about shared conversations."""

    def unended(self) -> ShareQuerySet:
        """Those neither revoked nor over."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at=None)

    def open_now(self) -> ShareQuerySet:
        """Those that somebody signed in can read now.

        Not ended, their conversation there, their repository for showing.
        """
        return self.unended().filter(
            Q(conversation__repository__is_private=False)
            | Q(conversation__repository__shares_allowed=True),
            conversation__repository__closed_at=None,
            conversation__deleted_at=None,
            conversation__user__is_active=True,
        )


class Share(models.Model):
    """A link by which anybody can read a conversation as it stood when the link was made."""

    key = models.CharField(max_length=43, unique=True, default=_new_key, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="shares")
    last = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="+", help_text="Read until here."
    )
    with_attachments = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"Share {self.pk}"
