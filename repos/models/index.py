"""The tables of an index. repos.index writes them, repos.search reads them; nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from pgvector.django import HalfVectorField, SparseVectorField

from repos.indexing.code_tokens import DIMENSION

if TYPE_CHECKING:
    pass
from repos.models.repository import Repository


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
    embedders = models.JSONField(
        default=list, help_text="Keys of the embedders whose vectors this index holds."
    )
    files = models.IntegerField(default=0)
    chunks = models.IntegerField(default=0)
    vectors = models.IntegerField(default=0)
    skipped = models.JSONField(default=dict)
    commit_history = models.JSONField(
        default=list, help_text="Commits it stood at before, each with the steps to the next."
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "indexes"

    def __str__(self) -> str:
        return f"{self.repository_id} at {self.commit[:10]}"

    def commits_since(self, commit: str) -> int | None:
        """How many commits the index has gone on since it stood at `commit`; None when that is not known."""
        start = next(
            (at for at, (name, _) in enumerate(self.commit_history) if name == commit),
            len(self.commit_history),
        )
        steps = [count for _, count in self.commit_history[start:]]
        return sum(steps) if steps and None not in steps else None


class Document(models.Model):
    """One file of an index, with its text. Not `is_live` while a newer state of the file is being prepared."""

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
    is_live = models.BooleanField(default=True)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["index", "path", "is_live"], name="one_live_document_per_path"
            )
        ]

    def __str__(self) -> str:
        return self.path


class Chunk(models.Model):
    """A run of lines of a document, with its BM25 weights. Narrow on purpose: a search reads all rows of an index."""

    index = models.ForeignKey(Index, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="chunks")
    is_live = models.BooleanField(default=True)
    role = models.CharField(max_length=10, choices=Document.Role)
    start = models.IntegerField()
    end = models.IntegerField()
    symbol = models.CharField(max_length=300, blank=True)
    words = SparseVectorField(dimensions=DIMENSION)

    class Meta:
        indexes = [models.Index(fields=["index"], condition=Q(is_live=False), name="staged_chunks")]

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
        constraints = [
            models.UniqueConstraint(
                fields=["chunk", "embedder"], name="one_vector_per_chunk_and_embedder"
            )
        ]
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
