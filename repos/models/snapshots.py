"""The table of holds: which states of indexes are being read."""

from __future__ import annotations

from django.db import models

from repos.models.index import Index


class IndexHold(models.Model):
    """Somebody reads an index as it was at a generation, at most until `expires_at`.

    Until then its retired documents of that generation stay, and the index itself, though
    another one became current. The table is UNLOGGED and refers to no other: a hold is
    written before an answer begins, and must wait neither for the disk nor for an update. After
    a crash of the database it is empty.
    """

    index = models.ForeignKey(
        Index, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    generation = models.IntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["index", "generation"], name="holds_of_an_index")]

    def __str__(self) -> str:
        return f"{self.index_id} at generation {self.generation}"
