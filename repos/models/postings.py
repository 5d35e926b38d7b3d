"""The table of postings: the chunks that hold a term, found without reading the others."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from repos.models.fields import RealField
from repos.models.index import Index


class Posting(models.Model):
    """Some of the blocks of a term of an index, see `indexing.postings`.

    A block is its `offset` in `blocks` plus `base`; it stands for the chunks whose id
    divided by `indexing.postings.BLOCK` it is. `size` is the number of blocks, `weight`
    the mean of the best weights that the term has in them. Rows of a new index have the
    places from 0, rows that updates added those from FIRST_ADDED. Chunks that an update
    removed stay named.

    Terms with few blocks have them in their `Term`.
    """

    FIRST_ADDED = 1_000_000

    pk = models.CompositePrimaryKey("index_id", "term", "place")
    index = models.ForeignKey(Index, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    place = models.BigIntegerField()
    term = models.IntegerField()
    base = models.IntegerField()
    size = models.IntegerField()
    weight = RealField()
    blocks = ArrayField(models.SmallIntegerField())

    def __str__(self) -> str:
        return f"{self.term}: {self.size} blocks"
