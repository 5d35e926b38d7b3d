"""Citations looked up in the index an answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chat.core.citations import Check, Checked, Citation, exists
from repos.sources import Address


@dataclass(frozen=True)
class IndexCitations:
    """A Check over one index: `lines` maps its paths to their numbers of lines."""

    address: Address
    commit: str
    lines: Mapping[str, int]

    def __call__(self, citation: Citation) -> Checked:
        if not exists(citation, self.lines):
            return Checked(citation, found=False)
        start, end = citation.start, citation.end
        href = self.address.blob_url(self.commit, citation.path, start, end)
        return Checked(citation, found=True, href=href)


def verified_share(stored: Iterable[Mapping[str, Any]]) -> float | None:
    """The share of citations that exist, None where there are none."""
    results = [bool(citation["found"]) for citation in stored]
    return sum(results) / len(results) if results else None


def links_as_stored(stored: Iterable[Mapping[str, Any]], address: Address, commit: str) -> Check:
    """What was found when the answer was given: the index may have moved on since."""
    known = {(c["path"], c["start"], c["end"]): bool(c["found"]) for c in stored}

    def check(citation: Citation) -> Checked:
        found = known.get((citation.path, citation.start, citation.end), False)
        href = (
            address.blob_url(commit, citation.path, citation.start, citation.end) if found else ""
        )
        return Checked(citation, found, href)

    return check
