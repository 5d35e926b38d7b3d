"""Checks of citations, against the index of an answer or against stored results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from chat.core.citations import Check, Checked, Citation, exists, find
from repos.sources import Address

# An item of Message.citations: path, start, end, found.
StoredCitation = Mapping[str, Any]


@dataclass
class CitationChecker:
    """The Check of one index: `lines` maps its paths to their number of lines.

    As long as `lines` is None, no citation is found.
    """

    address: Address | None = None
    commit: str = ""
    lines: Mapping[str, int] | None = None

    def __call__(self, citation: Citation) -> Checked:
        if self.lines is None or not exists(citation, self.lines):
            return Checked(citation, found=False)
        if self.address is None:
            return Checked(citation, found=True)
        return _linked(citation, self.address, self.commit)

    def check_text(self, text: str) -> list[dict[str, Any]]:
        """Every citation of a text, as Message.citations stores it."""
        if self.lines is None:
            return []
        return [_stored(self(citation)) for citation in find(text)]


def verified_share(stored: Iterable[StoredCitation]) -> float | None:
    """The share of stored citations that were found, 0 to 1; None if there are none."""
    results = [bool(citation["found"]) for citation in stored]
    return fmean(results) if results else None


def stored_check(stored: Iterable[StoredCitation], address: Address, commit: str) -> Check:
    """The Check of an earlier answer, from its stored citations."""
    verified = {_citation(item) for item in stored if item["found"]}

    def check(citation: Citation) -> Checked:
        if citation not in verified:
            return Checked(citation, found=False)
        return _linked(citation, address, commit)

    return check


def _citation(item: StoredCitation) -> Citation:
    return Citation(item["path"], item["start"], item["end"])


def _stored(checked: Checked) -> dict[str, Any]:
    citation = checked.citation
    return {
        "path": citation.path,
        "start": citation.start,
        "end": citation.end,
        "found": checked.found,
    }


def _linked(citation: Citation, address: Address, commit: str) -> Checked:
    """A citation that was found, with its URL at the repository's host."""
    return Checked(
        citation,
        found=True,
        href=address.blob_url(commit, citation.path, citation.start, citation.end),
    )
