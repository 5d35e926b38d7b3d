"""What pages made from the code are made from in other languages."""

from __future__ import annotations

from django.db import models

from deepwiki.wiki.models.tables import PageVersion


class RecordedPage(models.Model):
    """What a version made from the code says, as keys of sentences: for every other language.

    `content` is as `deepwiki.wiki.pages.recording` makes it.
    """

    version = models.OneToOneField(PageVersion, on_delete=models.CASCADE, related_name="recorded")
    content = models.JSONField()

    def __str__(self) -> str:
        return str(self.version_id)
