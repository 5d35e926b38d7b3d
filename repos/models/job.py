"""Index jobs: the work of the indexing pipeline, one row each."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from repos.models.repository import Repository

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class IndexJobQuerySet(models.QuerySet["IndexJob"]):
    """Questions about jobs."""

    def unfinished(self) -> IndexJobQuerySet:
        """Those queued, running or paused."""
        return self.filter(state__in=IndexJob.UNFINISHED)

    def claimed_as(self, job: IndexJob) -> IndexJobQuerySet:
        """The row of a running job, unless another worker has claimed it since."""
        running = IndexJob.State.RUNNING
        return self.filter(pk=job.pk, state=running, claim_number=job.claim_number)


class IndexJob(models.Model):
    """One run of the indexing pipeline, with its progress for the page and the admin.

    `error` is the message for people, `error_code` and `error_parameters` what it is
    made of. `result` is IndexResult.as_json(), `staged_build` StagedBuild.as_json().
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    class Stage(models.TextChoices):
        WAITING = "waiting", _("Waiting for a free worker")
        FETCHING = "fetching", _("Fetching the repository")
        READING = "reading", _("Reading and cutting files")
        STORING = "storing", _("Storing")
        EMBEDDING = "embedding", _("Computing vectors")
        FINISHED = "finished", _("Finished")

    class Phase(models.TextChoices):
        WORDS = "words", _("Words")
        VECTORS = "vectors", _("Vectors")

    UNFINISHED = [State.QUEUED, State.RUNNING, State.PAUSED]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    repository = models.ForeignKey(Repository, on_delete=models.CASCADE, related_name="jobs")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    force = models.BooleanField(
        default=False, db_default=False, help_text="Build anew even when nothing has changed."
    )
    rerun_requested = models.BooleanField(
        default=False, db_default=False, help_text="Asked for once more while it ran."
    )
    rerun_forced = models.BooleanField(default=False, db_default=False)
    state = models.CharField(
        max_length=10, choices=State, default=State.QUEUED, db_default=State.QUEUED
    )
    stage = models.CharField(
        max_length=10, choices=Stage, default=Stage.WAITING, db_default=Stage.WAITING
    )
    phase = models.CharField(
        max_length=10,
        choices=Phase,
        default=Phase.WORDS,
        db_default=Phase.WORDS,
        help_text="Each has its own queue: words never wait for vectors.",
    )
    claim_number = models.IntegerField(
        default=0,
        db_default=0,
        help_text="Counts claims: who holds an older number has lost the job.",
    )
    crash_count = models.IntegerField(
        default=0, db_default=0, help_text="How often whoever ran it showed no more sign of life."
    )
    progress = models.IntegerField(default=0, db_default=0)
    total = models.IntegerField(default=0, db_default=0)
    error = models.TextField(blank=True, default="", db_default="")
    error_code = models.CharField(max_length=50, blank=True, default="", db_default="")
    error_parameters = models.JSONField(default=dict, db_default={}, blank=True)
    failures = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="Files that could not be read, and why."
    )
    result = models.JSONField(default=dict, db_default={}, blank=True)
    staged_build = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text="A stored build that becomes current once it has its vectors.",
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    worked_seconds = models.FloatField(
        default=0,
        db_default=0,
        help_text="How long its stage has run: without pauses and the turns of other jobs.",
    )
    heartbeat_at = models.DateTimeField(
        null=True, blank=True, help_text="Last sign of life of whoever runs it."
    )
    vectors_at = models.DateTimeField(
        null=True, blank=True, help_text="End of its last slice of vectors."
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
        indexes = [
            models.Index(
                fields=["phase", "created_at"], condition=Q(state="queued"), name="queued_jobs"
            ),
            models.Index(fields=["started_at"], name="jobs_by_start"),
        ]

    def __str__(self) -> str:
        return f"{self.repository}: {self.get_state_display()}"

    def is_of(self, user: AbstractBaseUser | AnonymousUser) -> bool:
        """Did this person request it, or is its repository theirs?"""
        if user.pk is None:
            return False
        return self.requested_by_id == user.pk or self.repository.is_owned_by(user)

    @property
    def awaits_slice(self) -> bool:
        """Is it between two slices of its vectors?"""
        return self.state == self.State.QUEUED and self.phase == self.Phase.VECTORS

    @property
    def percent(self) -> int:
        """Of the current stage, 0 while its total is unknown."""
        if not self.total:
            return 0
        return min(100, self.progress * 100 // self.total)
