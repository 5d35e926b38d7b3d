"""Where the lines of a claim stand now, by their hash and their context. Pure.

The same lines at the same place are kept; else the place whose context is the most like that
of the claim is taken, if there is one such place. Short lines that stand in the midst of
others, a closing bracket for example, are not taken for the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deepwiki.wiki.ledger.claim import ClaimState
from deepwiki.wiki.ledger.line_hashes import LineHashes

FULL_CONTEXT = 2  # lines before and lines after are the same
TELLING_CHARS = 30  # letters and digits of lines that are known without any context
MAX_CANDIDATES = 200  # places of the same lines in a file whose context is compared


@dataclass(frozen=True, slots=True)
class ClaimLines:
    """The lines of a claim, as they were when it was made."""

    path: str
    start: int
    end: int
    blob: str
    lines_hash: str
    before_hash: str
    after_hash: str

    @property
    def length(self) -> int:
        """How many they are."""
        return self.end - self.start + 1

    def end_from(self, start: int) -> int:
        """The last line of as many that begin at another one."""
        return start + self.length - 1


@dataclass(frozen=True, slots=True)
class LinesPlace:
    """Where lines stand; `likeness` counts the sides on which the context is the same."""

    path: str
    start: int
    end: int
    likeness: int = FULL_CONTEXT


@dataclass(frozen=True, slots=True)
class Relocation:
    """What became of a claim; `place` is set where it has moved."""

    state: ClaimState
    place: LinesPlace | None = None


CHANGED = Relocation(ClaimState.CHANGED)
VERIFIED = Relocation(ClaimState.VERIFIED)


def relocate(
    claim: ClaimLines, own_file: LineHashes | None, others: Mapping[str, LineHashes]
) -> Relocation:
    """Look for the lines of a claim in its own file, and in others where that has them not.

    `own_file` is None where the path is gone.
    """
    places = _places(claim, claim.path, own_file) if own_file is not None else []
    if not places:
        places = [place for path, file in others.items() for place in _places(claim, path, file)]
    return _chosen(claim, places)


def renamed(claim: ClaimLines, paths: Sequence[str]) -> Relocation:
    """The claim in a file of another path with the very same content; `paths` have it."""
    if len(paths) != 1:
        return CHANGED
    return Relocation(ClaimState.MOVED, LinesPlace(paths[0], claim.start, claim.end))


def _chosen(claim: ClaimLines, places: Sequence[LinesPlace]) -> Relocation:
    best = _most_alike(places)
    if len(best) > 1:
        unmoved = [place for place in best if _is_unmoved(claim, place)]
        best = [place for place in unmoved if place.likeness == FULL_CONTEXT]
    if not best:
        return CHANGED
    if _is_unmoved(claim, best[0]):
        return VERIFIED
    return Relocation(ClaimState.MOVED, best[0])


def _most_alike(places: Sequence[LinesPlace]) -> list[LinesPlace]:
    most = max((place.likeness for place in places), default=0)
    return [place for place in places if place.likeness == most]


def _is_unmoved(claim: ClaimLines, place: LinesPlace) -> bool:
    return (place.path, place.start) == (claim.path, claim.start)


def _places(claim: ClaimLines, path: str, file: LineHashes) -> list[LinesPlace]:
    """Where the lines of a claim stand in a file; none where there are too many."""
    found = file.starts(claim.lines_hash, claim.length)
    if len(found) > MAX_CANDIDATES:
        return []
    places = [
        _place_at(claim, path, file, start) for start in found if _is_same(claim, file, start)
    ]
    return [place for place in places if place.likeness or _is_telling(file, place)]


def _is_telling(file: LineHashes, place: LinesPlace) -> bool:
    return file.has_letters(place.start, place.end, TELLING_CHARS)


def _is_same(claim: ClaimLines, file: LineHashes, start: int) -> bool:
    return file.hash_of(start, claim.end_from(start)) == claim.lines_hash


def _place_at(claim: ClaimLines, path: str, file: LineHashes, start: int) -> LinesPlace:
    end = claim.end_from(start)
    is_same_before = file.before(start) == claim.before_hash
    likeness = is_same_before + (file.after(end) == claim.after_hash)
    return LinesPlace(path, start, end, likeness)
