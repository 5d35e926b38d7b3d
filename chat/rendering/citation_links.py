"""Citations looked up in the index an answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chat.core.citations import Check, Checked, Citation, exists, find
from repos.sources import Address


@dataclass
class IndexCitations:
    """Looks citations up among the lines of one index. Before an index is known, nothing is found and nothing refused.

    The retriever fills it in when it has found an index; the renderer and the run ask it.
    """

    address: Address | None = None
    commit: str = ""
    lines: Mapping[str, int] | None = None

    def __call__(self, citation: Citation) -> Checked:
        found = self.lines is not None and exists(citation, self.lines)
        href = ""
        if found and self.address is not None:
            href = self.address.blob_url(self.commit, citation.path, citation.start, citation.end)
        return Checked(citation, found, href)

    def all_in(self, text: str) -> list[dict[str, Any]]:
        """Every citation of a text with what looking it up gave, as it is stored with the message."""
        return [
            {"path": c.path, "start": c.start, "end": c.end, "found": self(c).found}
            for c in (find(text) if self.lines is not None else [])
        ]


def verified_share_of(stored: Iterable[Mapping[str, Any]]) -> float | None:
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
