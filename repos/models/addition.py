"""Added repositories, counted by who added them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class RepositoryAddition(models.Model):
    """A repository that was added, kept for an hour or two to be counted.

    `requester` is "person:" and the person's id, or the keyed hash of a network address.
    The repository itself is not named: removing it does not allow another one.
    """

    requester = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["requester", "added_at"], name="additions_of_requester")]

    def __str__(self) -> str:
        return f"Addition {self.pk}"
