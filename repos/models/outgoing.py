"""Outgoing webhooks: who is told of what, and what was sent to them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deepwiki.foundation.encryption import decrypt, encrypt


class WebhookEvent(models.TextChoices):
    """What receivers may be told of."""

    INDEX_READY = "index.ready", _("An index is ready")
    ANSWER_RATED_DOWN = "answer.rated_down", _("An answer was rated down")
    WIKI_CHANGED = "wiki.changed", _("A wiki has changed")


class OutgoingWebhook(models.Model):
    """An address that is told of events, each signed with its secret."""

    url = models.CharField("address", max_length=1000)
    events = ArrayField(models.CharField(max_length=30, choices=WebhookEvent))
    is_active = models.BooleanField(default=True)
    secret_encrypted = models.TextField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["url"]

    def __str__(self) -> str:
        return self.url

    @property
    def secret(self) -> str:
        """What signs, in clear. Raises WrongKey."""
        return decrypt(self.secret_encrypted)

    @secret.setter
    def secret(self, value: str) -> None:
        self.secret_encrypted = encrypt(value)


class WebhookDelivery(models.Model):
    """An event for one receiver, and how sending it went.

    `key` is the same for one event however often it is noticed; `status` that of the last reply.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(
        OutgoingWebhook, on_delete=models.CASCADE, related_name="deliveries"
    )
    event = models.CharField(max_length=30, choices=WebhookEvent)
    key = models.CharField(max_length=200, blank=True, default="")
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")
    reply = models.TextField(blank=True, default="", help_text="The beginning of the last one.")
    created_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "key"], condition=~Q(key=""), name="one_delivery_of_an_event"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(state="waiting"), name="waiting_deliveries"
            ),
            models.Index(fields=["-created_at"], name="latest_deliveries"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"
