"""Looks for the lines of all claims of a wiki in another state of its index.

Each file is read once for the versions of a batch. What was changed before is looked for
again: it may have come back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from deepwiki.wiki.ledger.claim_files import ClaimFiles
from deepwiki.wiki.ledger.lines_search import find_lines, in_batches
from deepwiki.wiki.ledger.relocation import ClaimLines, Relocation
from deepwiki.wiki.ledger.standing import newest_versions
from deepwiki.wiki.models import PageClaim, PageVersion, Wiki
from repos.search import IndexSnapshot

State = PageClaim.State
BATCH = 20  # versions whose claims are in memory at once
SECONDS = 300.0  # after which the rest waits for the next switch of the index
FIELDS = ["state", "present_path", "present_start", "present_end"]


@dataclass
class RecheckResult:
    """How many claims of how many pages are in another state than before."""

    versions: int = 0
    claims: int = 0
    is_whole: bool = True


def recheck_claims(
    wiki: Wiki, snapshot: IndexSnapshot, stopped: Callable[[], bool] = lambda: False
) -> RecheckResult:
    """Look for the claims of the newest version of each page; those at this commit are done.

    It ends early when `stopped`, or after SECONDS.
    """
    result = RecheckResult()
    ends = time.monotonic() + SECONDS
    files = ClaimFiles(snapshot)
    for batch in in_batches(_outdated(wiki, snapshot.commit), BATCH):
        if stopped() or time.monotonic() > ends:
            result.is_whole = False
            break
        changed = _recheck(batch, files, snapshot.commit)
        result.claims += len(changed)
        result.versions += len({claim.version_id for claim in changed})
    return result


def _outdated(wiki: Wiki, commit: str) -> list[int]:
    """The versions with claims that were looked for at another commit, if at any."""
    newest = newest_versions(wiki)
    originals = newest.exclude(translated_from=None).values("translated_from")
    versions = PageVersion.objects.filter(Q(pk__in=newest.values("pk")) | Q(pk__in=originals))
    outdated = versions.exclude(checked_commit__in=["", commit])
    return list(outdated.order_by("pk").values_list("pk", flat=True))


def _recheck(versions: Sequence[int], files: ClaimFiles, commit: str) -> list[PageClaim]:
    claims = list(PageClaim.objects.filter(version__in=versions).exclude(state=State.UNSUPPORTED))
    changed = list(_changed(claims, files))
    with transaction.atomic():
        PageClaim.objects.bulk_update(changed, FIELDS, batch_size=500)
        PageVersion.objects.filter(pk__in=versions).update(checked_commit=commit)
    return changed


def _changed(claims: Sequence[PageClaim], files: ClaimFiles) -> Iterator[PageClaim]:
    """The claims whose rows are others now, with their new values."""
    found = find_lines(map(lines_of, claims), files)
    for claim in claims:
        former = _values(claim)
        _set(claim, found[lines_of(claim)])
        if _values(claim) != former:
            yield claim


def lines_of(claim: PageClaim) -> ClaimLines:
    """The lines of a claim as it was made."""
    return ClaimLines(claim.path, claim.start_line, claim.end_line, claim.blob, *claim.hashes)


def _values(claim: PageClaim) -> tuple[object, ...]:
    return tuple(getattr(claim, name) for name in FIELDS)


def _set(claim: PageClaim, relocation: Relocation) -> None:
    place = relocation.place
    claim.state = relocation.state.value
    claim.present_path, claim.present_start, claim.present_end = "", 0, 0
    if place is not None:
        claim.present_path = place.path
        claim.present_start, claim.present_end = place.start, place.end
