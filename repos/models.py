"""What is known about repositories. store.py writes the index tables, search.py reads them; nobody else touches them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField, SparseVectorField

from repos.crypto import decrypt, encrypt
from repos.indexing.tokens import DIMENSION
from repos.sources import Address, parse_address

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class Identified(Protocol):
    """Somebody known by id, None for a stranger."""

    @property
    def pk(self) -> int | None: ...


class RepositoryQuerySet(models.QuerySet["Repository"]):
    """Questions about repositories."""

    def readable_by(self, user: AbstractBaseUser | AnonymousUser | Identified | None) -> RepositoryQuerySet:
        """Public ones, and the private ones this user added or was given."""
        if user is None or user.pk is None:
            return self.filter(is_private=False)
        given = Repository.objects.filter(Q(readers=user.pk) | Q(reader_groups__user=user.pk))
        return self.filter(Q(is_private=False) | Q(added_by=user.pk) | Q(pk__in=given.values("pk")))

    def worth_listing(self) -> RepositoryQuerySet:
        """Those that are indexed or being indexed: a name typed in vain is not for everybody to see."""
        waiting = models.Exists(IndexJob.objects.unfinished().filter(repository=models.OuterRef("pk")))
        return self.filter(Q(current_index__isnull=False) | Q(is_private=True) | waiting)

    def at(self, address: Address, revision: str = "") -> RepositoryQuerySet:
        """Rows of an address at exactly that revision; a person's private row comes before the public one."""
        return self.filter(url=address.url, revision=revision).order_by("-is_private", "created_at")


class Repository(models.Model):
    """A repository someone asked about, at its default branch or at one named revision: a row each.

    A public one is one row for everybody. A private one belongs to whoever added it with a token: two people's private
    rows for the same address are two repositories with two indexes, so neither can learn anything from the other.
    """

    class Kind(models.TextChoices):
        GITHUB = "github", "GitHub"
        GITLAB = "gitlab", "GitLab"
        BITBUCKET = "bitbucket", "Bitbucket"
        GITEA = "gitea", "Gitea"
        AZURE = "azure", "Azure DevOps"
        GIT = "git", "Git"
        LOCAL = "local", _("Local folder")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    url = models.CharField("address", max_length=1000)
    name = models.CharField(max_length=500)
    revision = models.CharField(
        max_length=200, blank=True, help_text="Branch, tag or commit; empty for the default branch."
    )
    is_private = models.BooleanField(default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    readers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    reader_groups = models.ManyToManyField("auth.Group", blank=True, related_name="+")
    shares_allowed = models.BooleanField(
        default=False, help_text="Conversations about it may be shared by link although it is private."
    )
    token_sealed = models.TextField(blank=True, editable=False)
    webhook_sealed = models.TextField(blank=True, editable=False)
    current_index = models.ForeignKey(
        "Index", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RepositoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "repositories"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["url", "revision"],
                condition=Q(is_private=False),
                name="one_public_row_per_address_and_revision",
            ),
            models.UniqueConstraint(
                fields=["url", "revision", "added_by"],
                condition=Q(is_private=True),
                name="one_private_row_per_owner_and_revision",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Remove the repository and every trace of its contents."""
        from repos.store import drop_indexes

        drop_indexes(self)
        return super().delete(*args, **kwargs)

    @property
    def address(self) -> Address:
        return parse_address(self.url, self.kind)

    @property
    def token(self) -> str:
        """The access token in clear. Raises WrongKey."""
        return decrypt(self.token_sealed)

    @token.setter
    def token(self, value: str) -> None:
        self.token_sealed = encrypt(value)

    @property
    def webhook_secret(self) -> str:
        """What its host signs webhooks with, in clear; empty when none was made. Raises WrongKey."""
        return decrypt(self.webhook_sealed)

    @property
    def may_be_shared(self) -> bool:
        """May conversations about it be read by link: a public one, or a private one whose owner says so?"""
        return not self.is_private or self.shares_allowed

    def managed_by(self, user: AbstractBaseUser | AnonymousUser) -> bool:
        """May this person set it up: whoever added it, and staff?"""
        return user.pk is not None and (user.pk == self.added_by_id or bool(getattr(user, "is_staff", False)))


class Index(models.Model):
    """One searchable state of a repository: whole or invisible.

    `building` is seen by nobody; `lexical` answers by words while vectors are computed; `ready` has all of them.
    """

    class State(models.TextChoices):
        BUILDING = "building"
        LEXICAL = "lexical", "ready by words"
        READY = "ready"

    repository = models.ForeignKey(Repository, on_delete=models.CASCADE, related_name="indexes")
    revision = models.CharField(max_length=200, blank=True)
    commit = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.BUILDING)
    format = models.IntegerField(
        default=0, help_text="Version of the cutting and weighing; another one means a new index."
    )
    embedders = models.JSONField(default=list, help_text="Keys of the embedders whose vectors this index holds.")
    files = models.IntegerField(default=0)
    chunks = models.IntegerField(default=0)
    vectors = models.IntegerField(default=0)
    skipped = models.JSONField(default=dict)
    passed = models.JSONField(default=list, help_text="Commits it stood at before, each with the steps to the next.")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "indexes"

    def __str__(self) -> str:
        return f"{self.repository_id} at {self.commit[:10]}"

    def commits_since(self, commit: str) -> int | None:
        """How many commits the index has gone on since it stood at `commit`; None when that is not known."""
        start = next((at for at, (name, _) in enumerate(self.passed) if name == commit), len(self.passed))
        steps = [count for _, count in self.passed[start:]]
        return sum(steps) if steps and None not in steps else None


class Document(models.Model):
    """One file of an index, with its text. Not `live` while a newer state of the file is being prepared."""

    class Role(models.TextChoices):
        CODE = "code"
        TEST = "test"
        DOCS = "docs"

    index = models.ForeignKey(Index, on_delete=models.CASCADE, related_name="documents")
    path = models.CharField(max_length=1000)
    sha = models.CharField(max_length=64)
    language = models.CharField(max_length=30)
    role = models.CharField(max_length=10, choices=Role)
    lines = models.IntegerField()
    size = models.IntegerField()
    live = models.BooleanField(default=True)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["index", "path", "live"], name="one_live_document_per_path")]

    def __str__(self) -> str:
        return self.path


class Chunk(models.Model):
    """A run of lines of a document, with its BM25 weights. Narrow on purpose: a search reads all rows of an index."""

    index = models.ForeignKey(Index, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="chunks")
    live = models.BooleanField(default=True)
    role = models.CharField(max_length=10, choices=Document.Role)
    start = models.IntegerField()
    end = models.IntegerField()
    symbol = models.CharField(max_length=300, blank=True)
    words = SparseVectorField(dimensions=DIMENSION)

    class Meta:
        indexes = [models.Index(fields=["index"], condition=Q(live=False), name="staged_chunks")]

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"


class Embedding(models.Model):
    """A chunk's vector by one embedder. `digest` names the embedded text, so that no text is embedded twice."""

    index = models.ForeignKey(Index, on_delete=models.CASCADE, related_name="+", db_index=False)
    chunk = models.ForeignKey(Chunk, on_delete=models.CASCADE, related_name="+", db_index=False)
    embedder = models.CharField(max_length=120)
    digest = models.BinaryField(max_length=32)
    vector = HalfVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chunk", "embedder"], name="one_vector_per_chunk_and_embedder")]
        indexes = [
            models.Index(fields=["embedder", "digest"], name="vector_by_text"),
            models.Index(fields=["index", "embedder"], name="vectors_of_an_index"),
        ]

    def __str__(self) -> str:
        return self.embedder


class Term(models.Model):
    """In how many chunks of an index a word stands: what idf is made of."""

    index = models.ForeignKey(Index, on_delete=models.CASCADE, related_name="+", db_index=False)
    term = models.IntegerField()
    count = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["index", "term"], name="one_count_per_term")]

    def __str__(self) -> str:
        return str(self.term)


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
    force = models.BooleanField(default=False, help_text="Build anew even when nothing has changed.")
    again = models.BooleanField(default=False, help_text="Asked for once more while it ran.")
    again_forced = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.WAITING)
    attempts = models.IntegerField(default=0, help_text="Counts claims: who holds an older number has lost the job.")
    deaths = models.IntegerField(default=0, help_text="How often whoever ran it showed no more sign of life.")
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    failures = models.JSONField(default=dict, blank=True, help_text="Files that could not be read, and why.")
    result = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    stage_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True, help_text="Last sign of life of whoever runs it.")
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
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def seconds_left(self) -> int | None:
        """An estimate from this stage's pace, None while there is nothing to go by."""
        if self.state != self.State.RUNNING or not self.stage_at or not self.total or self.done < 1:
            return None
        elapsed = (timezone.now() - self.stage_at).total_seconds()
        return round(elapsed / self.done * (self.total - self.done)) if elapsed > 1 else None
