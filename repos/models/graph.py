"""The tables of the code graph. Only `repos.graph` reads and writes them.

Their rows belong to a document and go live with it. Names are found by keys, see
`repos.graph.name_keys`, which hold the index's id, so that no lookup meets another index.
The migrations make the foreign keys themselves, since these cascade.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from repos.models.index import Document


class GraphDefinition(models.Model):
    """A definition of lines `start`..`end` of a document, narrow: there are many.

    `position` counts those of the document, `parent` is the enclosing one's or -1, `kind`
    the place in `repos.indexing.symbols.KINDS`.
    """

    pk = models.CompositePrimaryKey("document_id", "position")
    document = models.ForeignKey(
        Document, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    key = models.BigIntegerField()
    position = models.IntegerField()
    parent = models.IntegerField()
    start = models.IntegerField()
    end = models.IntegerField()
    kind = models.SmallIntegerField()
    name = models.TextField()
    scope = models.TextField()
    signature = models.TextField()
    comment = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["key"], name="definitions_of_a_name")]

    def __str__(self) -> str:
        return self.name


class GraphReferences(models.Model):
    """The names that a document uses: a key each, and beside it the packed places.

    `imports` are lines of `line, module, name, alias`, divided by tabs. `left_out` and
    `by_words` are those of `repos.indexing.symbols.FileSymbols`.
    """

    document = models.OneToOneField(
        Document, models.DO_NOTHING, related_name="+", primary_key=True, db_constraint=False
    )
    keys = ArrayField(models.BigIntegerField())
    places = ArrayField(models.BinaryField())
    imports = models.TextField()
    left_out = models.IntegerField(default=0, db_default=0)
    by_words = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            GinIndex(fields=["keys"], name="references_to_a_name", fastupdate=False),
            models.Index(
                fields=["document"],
                condition=models.Q(left_out__gt=0) | models.Q(by_words=True),
                name="files_with_names_left_out",
            ),
        ]

    def __str__(self) -> str:
        return str(self.document_id)


class GraphArtifact(models.Model):
    """What a line of a document offers or needs, see `repos.indexing.symbols.Artifact`.

    `kind` is the place in `ARTIFACT_KINDS` there.
    """

    pk = models.CompositePrimaryKey("document_id", "position")
    document = models.ForeignKey(
        Document, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    position = models.IntegerField()
    kind = models.SmallIntegerField()
    line = models.IntegerField()
    name = models.TextField()
    target = models.TextField()

    def __str__(self) -> str:
        return self.name


class GraphFile(models.Model):
    """What a document is linked to: the keys of the paths of files, a kind and a weight each.

    `kinds` are sums of `repos.graph.edges.EdgeKind`. `bindings` are pairs of the key of an
    imported name and that of the file that defines it, re-exports followed. `in_degree` and
    `rank` (PageRank, 1 on average) are of the file.
    """

    document = models.OneToOneField(
        Document, models.DO_NOTHING, related_name="+", primary_key=True, db_constraint=False
    )
    path_key = models.BigIntegerField(db_index=True)
    in_degree = models.IntegerField()
    rank = models.FloatField()
    targets = ArrayField(models.BigIntegerField())
    kinds = ArrayField(models.SmallIntegerField())
    weights = ArrayField(models.FloatField())
    bindings = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [GinIndex(fields=["targets"], name="links_to_a_file", fastupdate=False)]

    def __str__(self) -> str:
        return str(self.document_id)
