"""The tables of an index. Only `repos.index` writes them; `repos.search` reads them.

Their foreign keys say DO_NOTHING because the database cascades (migration 0011):
Django's own cascade would load the id of every chunk.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Left, Lower, Now, Reverse
from django.utils import timezone
from pgvector.django import HalfVectorField, SparseVectorField

from repos.indexing.code_tokens import DIMENSION
from repos.indexing.file_selection import OVER_LIMIT
from repos.models.fields import RealField
from repos.models.repository import Repository

PATH_END_CHARS = 200  # of a path that its index holds; a B-tree takes entries up to 2.7 kB
# A symbol without the names around it.
LAST_NAME = Func(F("symbol"), Value("[^.]+$"), function="substring")


class Index(models.Model):
    """One searchable state of a repository.

    `building` is invisible; `lexical` answers by words while vectors are computed;
    `ready` has all its vectors.
    """

    # Below, comparing every vector is faster than a graph and finds all.
    HNSW_MIN_CHUNKS: ClassVar[int] = 20_000
    # The first `format` with postings, names and links, trigrams, and the code graph.
    LOOKUP_FORMAT: ClassVar[int] = 3

    class State(models.TextChoices):
        BUILDING = "building"
        LEXICAL = "lexical", "ready by words"
        READY = "ready"

    repository = models.ForeignKey(Repository, on_delete=models.DO_NOTHING, related_name="indexes")
    revision = models.CharField(max_length=200, blank=True, default="", db_default="")
    commit = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10, choices=State, default=State.BUILDING, db_default=State.BUILDING
    )
    format = models.IntegerField(
        default=0,
        db_default=0,
        help_text="Version of the cutting and weighing; another one means a new index.",
    )
    embedders = models.JSONField(
        default=list,
        db_default=[],
        help_text="Keys of the embedders whose vectors this index holds.",
    )
    hnsw_embedders = models.JSONField(
        default=list, db_default=[], help_text="Keys of the embedders whose HNSW graph is finished."
    )
    files = models.IntegerField(default=0, db_default=0)
    chunks = models.IntegerField(default=0, db_default=0)
    vectors = models.IntegerField(default=0, db_default=0)
    skipped = models.JSONField(default=dict, db_default={})
    commit_history = models.JSONField(
        default=list,
        db_default=[],
        help_text="Commits it stood at before, each with the steps to the next.",
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    updated_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        verbose_name_plural = "indexes"

    def __str__(self) -> str:
        return f"{self.repository_id} at {self.commit[:10]}"

    @property
    def files_over_limit(self) -> int:
        """How many files were left out because not everything fits into an index."""
        return int(self.skipped.get("counts", {}).get(OVER_LIMIT, 0))

    @property
    def eligible_files(self) -> int:
        """The files of the index, and those for which there was no room."""
        return self.files + self.files_over_limit

    def commits_since(self, commit: str) -> int | None:
        """How many commits the index is ahead of a former `commit`; None if unknown."""
        commits = [name for name, _ in self.commit_history]
        if commit not in commits:
            return None
        steps = [count for _, count in self.commit_history[commits.index(commit) :]]
        if None in steps:
            return None
        return int(sum(steps))


class Document(models.Model):
    """One file of an index, with its text.

    A staged state of a changed file is not `is_live`.
    """

    class Role(models.TextChoices):
        CODE = "code"
        TEST = "test"
        DOCS = "docs"

    index = models.ForeignKey(Index, on_delete=models.DO_NOTHING, related_name="documents")
    path = models.CharField(max_length=1000)
    sha = models.CharField(max_length=64)
    language = models.CharField(max_length=30)
    role = models.CharField(max_length=10, choices=Role)
    lines = models.IntegerField()
    size = models.IntegerField()
    is_live = models.BooleanField(default=True, db_default=True)
    pair_key = models.CharField(
        max_length=100,
        default="",
        db_default="",
        help_text="What the names of a test and of its code share.",
    )
    text = models.TextField()

    class Meta:
        indexes = [
            models.Index(
                fields=["index", "pair_key"], condition=~Q(pair_key=""), name="files_by_pair_key"
            ),
            # The file of `.../name.py` by the end of its path.
            models.Index(
                "index",
                OpClass(Left(Reverse(Lower("path")), PATH_END_CHARS), "text_pattern_ops"),
                name="document_by_path_end",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["index", "path", "is_live"], name="one_live_document_per_path"
            )
        ]

    def __str__(self) -> str:
        return self.path


class Chunk(models.Model):
    """Lines `start`..`end` (1-based, inclusive) of a document; `words` are BM25 weights.

    Columns other than 0 cut the first and the last line, see `indexing.units.TextChunk`.
    A search scans all chunks of an index, so the row is narrow: no text, no path.
    """

    index = models.ForeignKey(Index, on_delete=models.DO_NOTHING, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.DO_NOTHING, related_name="chunks")
    is_live = models.BooleanField(default=True, db_default=True)
    role = models.CharField(max_length=10, choices=Document.Role)
    start = models.IntegerField()
    end = models.IntegerField()
    start_column = models.IntegerField(default=0, db_default=0)
    end_column = models.IntegerField(default=0, db_default=0)
    symbol = models.CharField(max_length=300, blank=True, default="", db_default="")
    words = SparseVectorField(dimensions=DIMENSION)

    class Meta:
        indexes = [
            models.Index(fields=["index"], condition=Q(is_live=False), name="staged_chunks"),
            models.Index("index", Lower(LAST_NAME), name="chunk_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"


class Embedding(models.Model):
    """A chunk's vector by one embedder. `digest` is the SHA-256 of the embedded text.

    The digest lets a text that is embedded already lend its vector.
    """

    index = models.ForeignKey(Index, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    chunk = models.ForeignKey(Chunk, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
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
    """Document frequency: in how many chunks of an index a term stands.

    The blocks of a term with few of them stand here, `weight` is the mean of its best
    weights there; the others are in `Posting`. An index of a former format has none.
    """

    index = models.ForeignKey(Index, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    term = models.IntegerField()
    count = models.IntegerField()
    weight = RealField(default=0.0, db_default=0.0)
    blocks = ArrayField(models.IntegerField(), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["index", "term"], name="one_count_per_term")]

    def __str__(self) -> str:
        return str(self.term)


def vector_text(vector: Iterable[float]) -> str:
    """pgvector's text form of a vector, to the precision of a halfvec.

    `HalfVector.to_text` writes more digits and takes 1.8 times as long (24,000 vectors
    of 384).
    """
    return "[" + ",".join(f"{value:.5g}" for value in vector) + "]"
