"""What changed from one version of a page to another, line by line, within bounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from deepwiki.wiki.models import PageVersion
from deepwiki.wiki.reading.page_ledger import page_ledger

MAX_LINES = 2_000  # of each text: comparing takes quadratic time where lines repeat
MAX_LINE_CHARS = 1_000
CONTEXT_LINES = 3
FILE_HEAD_LINES = 2  # of a unified diff
KINDS = {"+": "added", "-": "removed", "@": "gap"}


@dataclass(frozen=True)
class ChangedLine:
    """A line; `kind` is added, removed, same, or gap for lines that are left out."""

    kind: str
    text: str


@dataclass(frozen=True)
class VersionChanges:
    """The lines around each change; `is_cut` if the ends of the texts are not compared."""

    lines: Sequence[ChangedLine]
    is_cut: bool


def version_changes(old: PageVersion | None, new: PageVersion) -> VersionChanges:
    """From `old`, nothing where there is none, to `new`."""
    return text_changes(old.text if old is not None else "", new.text)


def shown_changes(old: PageVersion | None, new: PageVersion) -> VersionChanges:
    """The same for readers: without the sentences that the pages of the wiki leave out."""
    return text_changes(_shown(old) if old is not None else "", _shown(new))


def text_changes(old: str, new: str) -> VersionChanges:
    """From one text to another."""
    before, after = _lines(old), _lines(new)
    is_cut = max(len(before), len(after)) > MAX_LINES
    return VersionChanges(list(_changes(before[:MAX_LINES], after[:MAX_LINES])), is_cut)


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[ChangedLine]:
    diff = list(unified_diff(before, after, n=CONTEXT_LINES, lineterm=""))
    return map(_changed_line, diff[FILE_HEAD_LINES:])


def _changed_line(line: str) -> ChangedLine:
    return ChangedLine(KINDS.get(line[:1], "same"), line[1:])


def _shown(version: PageVersion) -> str:
    return page_ledger(version).kept(version.text)


def _lines(text: str) -> list[str]:
    return [line[:MAX_LINE_CHARS] for line in text.splitlines()]
