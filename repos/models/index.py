"""The tables of an index. Only `repos.index` writes them; `repos.search` reads them.

Their foreign keys say DO_NOTHING because the database cascades (migration 0011):
Django's own cascade would load the id of every chunk.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left, Lower, Now, Reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from repos.indexing.file_selection import OVER_LIMIT
from repos.models.repository import Repository

PATH_END_CHARS = 200  # of a path that its index holds; a B-tree takes entries up to 2.7 kB
LATEST_GENERATION = 2**31 - 1  # as a generation to read at: the live documents


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
        BUILDING = "building", _("Building")
        LEXICAL = "lexical", _("ready by words")
        READY = "ready", _("Ready")

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
    generation = models.IntegerField(
        default=0, db_default=0, help_text="How many updates replaced documents of it."
    )
    vectors = models.IntegerField(default=0, db_default=0)
    skipped = models.JSONField(default=dict, db_default={})
    languages = models.JSONField(
        default=list, db_default=[], help_text="Languages of its code, that of most lines first."
    )
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
        return f"{self.repository}, {self.commit[:8]}"

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


class DocumentQuerySet(models.QuerySet["Document"]):
    """Questions about documents."""

    def at(self, index_id: int, generation: int) -> DocumentQuerySet:
        """What an index held at a generation."""
        then = Q(is_live=True) | Q(retired_in__gt=generation)
        return self.filter(then, index=index_id, added_in__lte=generation)


class Document(models.Model):
    """One file of an index, with its text.

    `is_live` is false of a staged state of a changed file, and null of a retired one, which
    the update to the generation `retired_in` of the index replaced or removed. At generation
    g an index holds the documents with `added_in <= g AND (is_live OR retired_in > g)`:
    retired ones stay for the snapshots that show them, see IndexHold.
    """

    class Role(models.TextChoices):
        CODE = "code", _("Code")
        TEST = "test", _("Test")
        DOCS = "docs", _("Docs")

    index = models.ForeignKey(Index, on_delete=models.DO_NOTHING, related_name="documents")
    path = models.CharField(max_length=1000)
    sha = models.CharField(max_length=64)
    language = models.CharField(max_length=30)
    role = models.CharField(max_length=10, choices=Role)
    lines = models.IntegerField()
    size = models.IntegerField()
    is_live = models.BooleanField(null=True, default=True, db_default=True)
    added_in = models.IntegerField(default=0, db_default=0)
    retired_in = models.IntegerField(null=True)
    pair_key = models.CharField(
        max_length=100,
        default="",
        db_default="",
        help_text="What the names of a test and of its code share.",
    )
    text = models.TextField()

    objects = DocumentQuerySet.as_manager()

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
            models.Index(
                fields=["index"], condition=Q(is_live__isnull=True), name="retired_documents"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["index", "path", "is_live"], name="one_live_document_per_path"
            )
        ]

    def __str__(self) -> str:
        return self.path
