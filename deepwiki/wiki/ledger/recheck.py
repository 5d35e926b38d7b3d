"""Looks for the lines of all claims of a wiki in another state of its index.

Claims whose file has the same content cost no reading; each other file is read once for the
versions of a batch. What was changed before is looked for again: it may have come back.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction
from django.db.models import Q

from deepwiki.wiki.ledger.claim import ClaimState
from deepwiki.wiki.ledger.claim_files import READ_AT_ONCE, ClaimFiles
from deepwiki.wiki.ledger.relocation import VERIFIED, ClaimLines, Relocation, relocate, renamed
from deepwiki.wiki.ledger.standing import newest_versions
from deepwiki.wiki.models import PageClaim, PageVersion, Wiki
from repos.search import IndexSnapshot

Item = TypeVar("Item")
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
    for batch in _batches(_outdated(wiki, snapshot.commit), BATCH):
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


def _batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _recheck(versions: Sequence[int], files: ClaimFiles, commit: str) -> list[PageClaim]:
    claims = list(PageClaim.objects.filter(version__in=versions).exclude(state=State.UNSUPPORTED))
    changed = list(_changed(claims, files))
    with transaction.atomic():
        PageClaim.objects.bulk_update(changed, FIELDS, batch_size=500)
        PageVersion.objects.filter(pk__in=versions).update(checked_commit=commit)
    return changed


def _changed(claims: Sequence[PageClaim], files: ClaimFiles) -> Iterator[PageClaim]:
    """The claims whose rows are others now, with their new values."""
    found = _Search(files, {row.pk: lines_of(row) for row in claims}).relocations()
    for claim in claims:
        former = _values(claim)
        _set(claim, found[claim.pk])
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


@dataclass
class _Search:
    """Looks for the lines of many claims, those of one file together."""

    files: ClaimFiles
    claims: dict[int, ClaimLines]
    found: dict[int, Relocation] = field(default_factory=dict)

    def relocations(self) -> dict[int, Relocation]:
        """By claim, what became of it."""
        self._keep(key for key, lines in self.claims.items() if self.files.is_same(lines))
        self._look(self._unknown(), self._renamed)
        for keys in self._by_file():
            self.files.read({self.claims[key].path for key in keys})
            self._look(keys, self._in_own_file)
        lost = self._unknown()
        self.files.read_others(self.claims[key].path for key in lost)
        self._look(lost, self._anywhere)
        return self.found

    def _keep(self, keys: Iterable[int]) -> None:
        self.found.update(dict.fromkeys(keys, VERIFIED))

    def _unknown(self) -> list[int]:
        """Those that are not found yet."""
        return [key for key in self.claims if key not in self.found]

    def _by_file(self) -> Iterator[list[int]]:
        """Those that are not found yet, in batches of a few files each."""
        by_path: dict[str, list[int]] = defaultdict(list)
        for key in self._unknown():
            by_path[self.claims[key].path].append(key)
        for paths in _batches(list(by_path), READ_AT_ONCE):
            yield [key for path in paths for key in by_path[path]]

    def _look(self, keys: Iterable[int], search: Callable[[ClaimLines], Relocation | None]) -> None:
        for key in keys:
            relocation = search(self.claims[key])
            if relocation is not None:
                self.found[key] = relocation

    def _renamed(self, lines: ClaimLines) -> Relocation | None:
        if self.files.has(lines.path):
            return None
        return _unless_changed(renamed(lines, self.files.paths_of(lines.blob)))

    def _in_own_file(self, lines: ClaimLines) -> Relocation | None:
        return _unless_changed(relocate(lines, self.files.hashes(lines.path), {}))

    def _anywhere(self, lines: ClaimLines) -> Relocation:
        return relocate(lines, None, self.files.others_for(lines.path))


def _unless_changed(relocation: Relocation) -> Relocation | None:
    if relocation.state == ClaimState.CHANGED:
        return None
    return relocation
