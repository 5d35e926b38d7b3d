"""What people add to a wiki: notes at a place of a page, and comments to its editors."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deepwiki.wiki.models.tables import DEFAULT_LANGUAGE, WikiPage


class PageNote(models.Model):
    """A paragraph by a person, pinned to a place of a page. Builds never change it.

    `anchor` is `NoteAnchor.as_json()`; `cited` are the lines that its text cites, each as
    `NoteLines.as_json()`, looked for last at `checked_commit`. `html` is what its text was
    rendered to, for people and for strangers. What it says is in its versions.
    """

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        CORRECTION = "correction", _("Correction")

    page = models.ForeignKey(WikiPage, on_delete=models.CASCADE, related_name="notes")
    language = models.CharField(
        max_length=10, default=DEFAULT_LANGUAGE, db_default=DEFAULT_LANGUAGE
    )
    anchor = models.JSONField()
    cited = models.JSONField(default=list, db_default=[])
    checked_commit = models.CharField(max_length=64, blank=True, default="", db_default="")
    html = models.JSONField(default=dict, db_default={})
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.page)


class NoteVersion(models.Model):
    """What a note said; the one of the highest number is shown."""

    note = models.ForeignKey(PageNote, on_delete=models.CASCADE, related_name="versions")
    version_number = models.IntegerField()
    kind = models.CharField(max_length=10, choices=PageNote.Kind)
    text = models.TextField()
    commit = models.CharField(max_length=64, blank=True, default="", db_default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["note", "version_number"], name="one_note_version_of_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.note_id} ({self.version_number})"


class ReaderComment(models.Model):
    """What a reader tells a page's editors; nobody else sees it. Goes with its author."""

    page = models.ForeignKey(WikiPage, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="wiki_comments"
    )
    text = models.TextField()
    quote = models.TextField(blank=True, default="", db_default="")
    commit = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["author", "created_at"], name="comments_of_a_person"),
        ]

    def __str__(self) -> str:
        return str(self.page)
