"""The chunks of an index, their vectors and its terms."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from pgvector.django import HalfVectorField, SparseVectorField

from repos.indexing.code_tokens import DIMENSION
from repos.models.fields import RealField
from repos.models.index import Document, Index

# A symbol without the names around it.
LAST_NAME = Func(F("symbol"), Value("[^.]+$"), function="substring")


class Chunk(models.Model):
    """Lines `start`..`end` (1-based, inclusive) of a document; `words` are BM25 weights.

    Columns other than 0 cut the first and the last line, see `indexing.units.TextChunk`.
    A search scans all chunks of an index, so the row is narrow: no text, no path.
    `is_live` is that of the document.
    """

    index = models.ForeignKey(Index, on_delete=models.DO_NOTHING, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.DO_NOTHING, related_name="chunks")
    is_live = models.BooleanField(null=True, default=True, db_default=True)
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
            models.Index(
                fields=["index"], condition=Q(is_live__isnull=True), name="retired_chunks"
            ),
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
