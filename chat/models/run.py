"""What runs leave in the database besides their messages, for an hour."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class RunEvent(models.Model):
    """An event of a run, kept so that a reader on another process, or after a reload, can catch up."""

    run_id = models.UUIDField()
    seq = models.IntegerField()
    data = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run_id", "seq"], name="one_event_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.seq}"


class AnonymousRun(models.Model):
    """An answer of somebody without an account, kept for an hour to count by address.

    `address` is a keyed hash of the network address; `lease_at` is None once it has ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address = models.CharField(max_length=64)
    asked_at = models.DateTimeField(default=timezone.now, db_default=Now())
    lease_at = models.DateTimeField(null=True, default=timezone.now, db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["address", "asked_at"], name="anonymous_runs_of_address")]

    def __str__(self) -> str:
        return f"Anonymous run {self.pk}"
