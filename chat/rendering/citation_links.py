"""Checks of citations, against the index of an answer or against stored results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Self

from chat.core.citations import Check, Checked, Citation, exists, find
from chat.core.json_shapes import CitationItem

if TYPE_CHECKING:  # the worker process does without it
    from repos.sources import Address

CitationRow = tuple[str, int, int, bool, str]  # path, start, end, found, href


@dataclass(frozen=True)
class CitationChecker:
    """The Check of one index: `lines` maps its paths to their number of lines."""

    address: Address
    commit: str
    lines: Mapping[str, int]

    def __call__(self, citation: Citation) -> Checked:
        if not exists(citation, self.lines):
            return Checked(citation, found=False)
        return _linked(citation, self.address, self.commit)


@dataclass(frozen=True)
class CitationTable:
    """The Check of the worker process: results that the web process looked up before."""

    results: Mapping[Citation, Checked]

    def __call__(self, citation: Citation) -> Checked:
        return self.results.get(citation) or Checked(citation, found=False)

    @classmethod
    def from_json(cls, rows: Iterable[CitationRow]) -> Self:
        """The table of rows that `citation_rows` made."""
        checked = [
            Checked(Citation(path, start, end), found, href)
            for path, start, end, found, href in rows
        ]
        return cls({item.citation: item for item in checked})


def citation_rows(text: str, check: Check) -> list[CitationRow]:
    """The citations of a text with what `check` finds, for a worker."""
    checked = [check(citation) for citation in find(text)]
    return [
        (item.citation.path, item.citation.start, item.citation.end, item.found, item.href)
        for item in checked
    ]


def verified_share(stored: Iterable[CitationItem]) -> float | None:
    """The share of stored citations that were found, 0 to 1; None if there are none."""
    results = [bool(citation["found"]) for citation in stored]
    return fmean(results) if results else None


def stored_check(stored: Iterable[CitationItem], address: Address, commit: str) -> Check:
    """The Check of an earlier answer, from its stored citations."""
    verified = {_citation(item) for item in stored if item["found"]}

    def check(citation: Citation) -> Checked:
        if citation not in verified:
            return Checked(citation, found=False)
        return _linked(citation, address, commit)

    return check


def _citation(item: CitationItem) -> Citation:
    return Citation(item["path"], item["start"], item["end"])


def _linked(citation: Citation, address: Address, commit: str) -> Checked:
    """A citation that was found, with its URL at the repository's host."""
    return Checked(
        citation,
        found=True,
        href=address.blob_url(commit, citation.path, citation.start, citation.end),
    )
