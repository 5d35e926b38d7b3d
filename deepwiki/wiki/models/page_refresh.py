"""What keeping pages fresh has cost."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from deepwiki.wiki.models.tables import PageVersion, Wiki


class PageRefresh(models.Model):
    """One question to a model about a page whose lines have changed.

    `version` is what it wrote, none where that was nothing. Nobody requested an automatic one.
    """

    wiki = models.ForeignKey(Wiki, on_delete=models.CASCADE, related_name="refreshes")
    version = models.OneToOneField(
        PageVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="refresh"
    )
    commit = models.CharField(max_length=64)
    input_tokens = models.IntegerField()
    output_tokens = models.IntegerField()
    cost = models.FloatField(default=0, db_default=0, help_text="Dollars, where a price is known.")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    error = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["wiki", "created_at"], name="refreshes_of_a_month")]

    has_failed = False  # of one that is going on: the service was not there

    def __str__(self) -> str:
        return f"{self.wiki_id} at {self.commit[:10]}"

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.input_tokens + self.output_tokens
