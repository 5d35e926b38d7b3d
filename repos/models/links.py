"""The tables of links between files by the names that they define and use."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from repos.models.fields import RealField
from repos.models.index import Document, Index


class Name(models.Model):
    """A name that files of an index define.

    `documents` are the first of the `files` that define it. `squashed` is the name in
    lower case without underscores. `parts` are the term ids of its parts, each with the
    index's id in the upper 32 bits, so that a lookup meets no other index.
    """

    index = models.ForeignKey(Index, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    name = models.CharField(max_length=100)
    squashed = models.CharField(max_length=100)
    parts = ArrayField(models.BigIntegerField())
    documents = ArrayField(models.BigIntegerField())
    files = models.IntegerField()
    users = models.IntegerField(help_text="Files that used it when its links were made.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["index", "name"], name="one_row_per_name")]
        indexes = [
            models.Index(fields=["index", "squashed"], name="squashed_names"),
            GinIndex(fields=["parts"], name="names_by_part", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name


class Link(models.Model):
    """`source` uses a name that `target` defines. Both are live documents of one index."""

    pk = models.CompositePrimaryKey("source_id", "target_id", "name_id")
    source = models.ForeignKey(
        Document, on_delete=models.DO_NOTHING, related_name="+", db_index=False
    )
    target = models.ForeignKey(Document, on_delete=models.DO_NOTHING, related_name="+")
    # Without a constraint: its cascade would need an index of the links by name.
    name = models.ForeignKey(
        Name, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    weight = RealField()

    def __str__(self) -> str:
        return f"{self.source_id} uses {self.target_id}"


class Identifiers(models.Model):
    """What one document defines and uses, from which links are made again after a change.

    `defines` are its names, parted by spaces. `uses` are the hashes of its identifiers,
    4 bytes each, little-endian and sorted, see `indexing.identifiers`.
    """

    document = models.OneToOneField(
        Document, on_delete=models.DO_NOTHING, related_name="+", primary_key=True
    )
    index = models.ForeignKey(Index, on_delete=models.DO_NOTHING, related_name="+")
    defines = models.TextField()
    uses = models.BinaryField()

    def __str__(self) -> str:
        return f"identifiers of {self.document_id}"
