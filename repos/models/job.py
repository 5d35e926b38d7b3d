"""Index jobs."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    pass
from repos.models.repository import Repository


class IndexJobQuerySet(models.QuerySet["IndexJob"]):
    """Questions about jobs."""

    def unfinished(self) -> IndexJobQuerySet:
        return self.filter(state__in=IndexJob.UNFINISHED)


class IndexJob(models.Model):
    """One piece of indexing work and how far it is: what the page and the admin show."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running"
        PAUSED = "paused"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Stage(models.TextChoices):
        WAITING = "waiting", _("Waiting for a free worker")
        FETCHING = "fetching", _("Fetching the repository")
        READING = "reading", _("Reading and cutting files")
        STORING = "storing", _("Storing")
        EMBEDDING = "embedding", _("Computing vectors")
        FINISHED = "finished", _("Finished")

    UNFINISHED = [State.QUEUED, State.RUNNING, State.PAUSED]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    repository = models.ForeignKey(Repository, on_delete=models.CASCADE, related_name="jobs")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    force = models.BooleanField(
        default=False, help_text="Build anew even when nothing has changed."
    )
    rerun_requested = models.BooleanField(
        default=False, help_text="Asked for once more while it ran."
    )
    rerun_forced = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.WAITING)
    claim_number = models.IntegerField(
        default=0, help_text="Counts claims: who holds an older number has lost the job."
    )
    crash_count = models.IntegerField(
        default=0, help_text="How often whoever ran it showed no more sign of life."
    )
    progress = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    failures = models.JSONField(
        default=dict, blank=True, help_text="Files that could not be read, and why."
    )
    result = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    stage_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(
        null=True, blank=True, help_text="Last sign of life of whoever runs it."
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = IndexJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["repository"],
                condition=Q(state__in=["queued", "running", "paused"]),
                name="one_unfinished_job_per_repository",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.get_stage_display()}"

    @property
    def percent(self) -> int:
        return min(100, self.progress * 100 // self.total) if self.total else 0

    @property
    def seconds_left(self) -> int | None:
        """An estimate from this stage's pace, None while there is nothing to go by."""
        if (
            self.state != self.State.RUNNING
            or not self.stage_at
            or not self.total
            or self.progress < 1
        ):
            return None
        elapsed = (timezone.now() - self.stage_at).total_seconds()
        return (
            round(elapsed / self.progress * (self.total - self.progress)) if elapsed > 1 else None
        )
