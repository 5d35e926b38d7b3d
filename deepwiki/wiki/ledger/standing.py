"""How the claims of pages stand: counts by state, and the pages that are marked for it.

A page is marked when a claim of its newest version has changed. That is not stored: it
follows from the claims.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from deepwiki.wiki.models import PageClaim, PageVersion, Wiki

State = PageClaim.State


@dataclass(frozen=True)
class ClaimCounts:
    """How many claims of a version are in each state at `commit`."""

    commit: str = ""
    verified: int = 0
    moved: int = 0
    changed: int = 0
    unsupported: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.verified + self.moved + self.changed + self.unsupported

    def as_json(self) -> dict[str, int]:
        """By state."""
        return {state: getattr(self, state) for state in State.values}


def newest_versions(wiki: Wiki) -> QuerySet[PageVersion]:
    """The newest version of each page of the last plan in each language."""
    planned = PageVersion.objects.filter(page__wiki=wiki, page__is_removed=False)
    newest = planned.order_by("page_id", "language", "-version_number")
    newest = newest.distinct("page_id", "language")
    return PageVersion.objects.filter(pk__in=newest.values("pk")).order_by("pk")


def stale_versions(wiki: Wiki) -> QuerySet[PageVersion]:
    """The newest versions that say something whose lines have changed."""
    changed = PageClaim.objects.filter(version=OuterRef("pk"), state=State.CHANGED)
    return newest_versions(wiki).filter(Exists(changed))


def claim_counts(versions: Iterable[PageVersion]) -> dict[int, ClaimCounts]:
    """By version that has claims, how they stand."""
    commits = {version.pk: version.checked_commit for version in versions}
    rows = PageClaim.objects.filter(version__in=commits).order_by()
    found: dict[int, dict[str, int]] = {}
    for version, state, count in rows.values_list("version", "state").annotate(Count("pk")):
        found.setdefault(version, {})[state] = count
    return {pk: ClaimCounts(commits[pk], **counts) for pk, counts in found.items()}
