"""Checks of citations, against the index of an answer or against stored results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import fmean
from typing import Protocol, Self

from chat.core.citation_search import find
from chat.core.citations import (
    Check,
    Checked,
    Citation,
    CitationState,
    compose,
    exists,
)
from chat.core.json_shapes import CitationItem

CitationRow = tuple[str, int, int, CitationState, str]  # path, start, end, state, href


class HostPages(Protocol):
    """The pages on which a repository's host shows its files."""

    def blob_url(self, commit: str, path: str, start: int = 0, end: int = 0) -> str:
        """The URL of lines at a commit; empty where there is no such page."""
        ...


@dataclass(frozen=True)
class CitationChecker:
    """The Check of one index: `lines` maps its paths to their number of lines."""

    address: HostPages
    commit: str
    lines: Mapping[str, int]

    def __call__(self, citation: Citation) -> Checked:
        if not exists(citation, self.lines):
            return Checked(citation, "missing")
        return _linked(citation, "found", self.address, self.commit)

    def known_path(self, path: str) -> str:
        """See Check."""
        return path if path in self.lines else self._composed.get(path, "")

    def has_folder(self, path: str) -> bool:
        """See Check."""
        return path in self._folders

    @cached_property
    def _composed(self) -> dict[str, str]:
        """The paths that are not ASCII, by their composed form."""
        return {compose(path): path for path in self.lines if not path.isascii()}

    @cached_property
    def _folders(self) -> set[str]:
        """Every folder of the index."""
        folders: set[str] = set()
        for path in self.lines:
            while path := path.rpartition("/")[0]:
                if path in folders:
                    break
                folders.add(path)
        return folders


@dataclass(frozen=True)
class SeveralCheckers:
    """The Check of several indexes, by what stands before the paths of each, `owner/repo:`.

    A path without it is looked up too: it is that of the one index that has it.
    """

    checks: Mapping[str, CitationChecker]

    def __call__(self, citation: Citation) -> Checked:
        for prefix, check in self.checks.items():
            if citation.path.startswith(prefix):
                path = citation.path.removeprefix(prefix)
                return replace(check(replace(citation, path=path)), citation=citation)
        return Checked(citation, "missing")

    def known_path(self, path: str) -> str:
        """See Check: the path with what stands before it."""
        for prefix, check in self.checks.items():
            if path.startswith(prefix) and (known := check.known_path(path.removeprefix(prefix))):
                return f"{prefix}{known}"
        found = [
            prefix + known
            for prefix, check in self.checks.items()
            if (known := check.known_path(path))
        ]
        return found[0] if len(found) == 1 else ""

    def has_folder(self, path: str) -> bool:
        """See Check."""
        return any(
            check.has_folder(path.removeprefix(prefix)) for prefix, check in self.checks.items()
        )


@dataclass(frozen=True)
class CitationTable:
    """The Check of a worker process, and of a stored answer: results looked up before."""

    results: Mapping[Citation, Checked]

    def __call__(self, citation: Citation) -> Checked:
        return self.results.get(citation) or Checked(citation, "missing")

    def known_path(self, path: str) -> str:
        """See Check: every path that was looked up, found or not."""
        return path if path in self._paths else self._composed.get(path, "")

    def has_folder(self, path: str) -> bool:
        """See Check. The paths looked up are whole already."""
        return False

    @cached_property
    def _paths(self) -> set[str]:
        return {citation.path for citation in self.results}

    @cached_property
    def _composed(self) -> dict[str, str]:
        return {compose(path): path for path in self._paths}

    @classmethod
    def from_json(cls, rows: Iterable[CitationRow]) -> Self:
        """The table of rows that `citation_rows` made."""
        checked = [
            Checked(Citation(path, start, end), state, href)
            for path, start, end, state, href in rows
        ]
        return cls({item.citation: item for item in checked})


def citation_rows(text: str, check: Check) -> list[CitationRow]:
    """The citations of a text with what `check` finds, for a worker."""
    checked = [check(citation) for citation in find(text, check)]
    return [
        (item.citation.path, item.citation.start, item.citation.end, item.state, item.href)
        for item in checked
    ]


def verified_share(stored: Iterable[CitationItem]) -> float | None:
    """The share of stored citations that were found, 0 to 1; None if there are none."""
    results = [bool(citation["found"]) for citation in stored]
    return fmean(results) if results else None


def read_share(stored: Iterable[CitationItem]) -> float | None:
    """The share of stored citations whose lines the model had read; None if not known."""
    results = [state == "read" for item in stored if (state := item.get("state"))]
    return fmean(results) if results else None


def stored_check(stored: Iterable[CitationItem], address: HostPages, commit: str) -> Check:
    """The Check of an earlier answer, from its stored citations."""
    results = {}
    for item in stored:
        citation = _citation(item)
        state = stored_state(item)
        results[citation] = (
            Checked(citation, "missing")
            if state == "missing"
            else _linked(citation, state, address, commit)
        )
    return CitationTable(results)


def stored_state(item: CitationItem) -> CitationState:
    """The state of a stored citation; `found` or `missing` in rows that have none."""
    return item.get("state") or ("found" if item["found"] else "missing")


def state_counts(stored: Iterable[CitationItem]) -> dict[CitationState, int]:
    """How many stored citations are in each state; states that none has are left out."""
    return dict(Counter(map(stored_state, stored)))


def _citation(item: CitationItem) -> Citation:
    return Citation(item["path"], item["start"], item["end"])


def _linked(citation: Citation, state: CitationState, address: HostPages, commit: str) -> Checked:
    """A citation that was found, with its URL at the repository's host."""
    return Checked(
        citation,
        state,
        href=address.blob_url(commit, citation.path, citation.start, citation.end),
    )
