"""The table by which files that may match a pattern are found."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from repos.models.index import Document


class Trigrams(models.Model):
    """The distinct trigrams of a document, behind the number of its index.

    That number lets one GIN index serve all indexes: a search intersects with the documents
    of its own. See `repos.indexing.trigrams` for the numbers.
    """

    document = models.OneToOneField(
        Document,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        related_name="+",
        db_constraint=False,  # of the database, with its cascade: migration 0027
    )
    numbers = ArrayField(models.IntegerField())

    class Meta:
        indexes = [GinIndex(fields=["numbers"], name="documents_by_trigram")]

    def __str__(self) -> str:
        return str(self.pk)
