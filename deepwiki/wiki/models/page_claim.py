"""The claims of the pages of a wiki."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.core.citations import Citation
from deepwiki.wiki.ledger.claim import ClaimState
from deepwiki.wiki.ledger.line_hashes import HASH_CHARS
from deepwiki.wiki.models.tables import PageVersion


class PageClaim(models.Model):
    """A claim of a version: the lines it rests on, hashes of them, and what is known of them.

    `present_*` is where the lines of a moved claim stand at `PageVersion.checked_commit`.
    The database deletes it with its version (migration 0005).
    """

    class State(models.TextChoices):
        VERIFIED = ClaimState.VERIFIED, _("verified")
        MOVED = ClaimState.MOVED, _("moved")
        CHANGED = ClaimState.CHANGED, _("changed")
        UNSUPPORTED = ClaimState.UNSUPPORTED, _("unsupported")

    version = models.ForeignKey(PageVersion, on_delete=models.DO_NOTHING, related_name="claims")
    position = models.IntegerField()
    text = models.TextField()
    path = models.CharField(max_length=1000)
    start_line = models.IntegerField()
    end_line = models.IntegerField()
    blob = models.CharField(max_length=64, blank=True)
    lines_hash = models.CharField(max_length=HASH_CHARS, blank=True)
    before_hash = models.CharField(max_length=HASH_CHARS, blank=True)
    after_hash = models.CharField(max_length=HASH_CHARS, blank=True)
    state = models.CharField(max_length=11, choices=State)
    present_path = models.CharField(max_length=1000, blank=True, default="", db_default="")
    present_start = models.IntegerField(default=0, db_default=0)
    present_end = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="one_claim_of_a_position"),
        ]
        indexes = [models.Index(fields=["version", "path"], name="claims_of_a_file")]

    def __str__(self) -> str:
        return f"{self.path}:L{self.start_line}-L{self.end_line} {self.state}"

    @property
    def cited(self) -> Citation:
        """The lines as they are cited."""
        return Citation(self.path, self.start_line, self.end_line)

    @property
    def hashes(self) -> tuple[str, str, str]:
        """Of its lines, of those before and of those after them."""
        return self.lines_hash, self.before_hash, self.after_hash

    @property
    def present(self) -> Citation:
        """Where the lines of a moved claim stand."""
        return Citation(self.present_path, self.present_start, self.present_end)

    @property
    def has_moved(self) -> bool:
        """Whether it has a present place."""
        return self.state == ClaimState.MOVED
