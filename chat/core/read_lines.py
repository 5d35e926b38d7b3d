"""Which lines of files were in front of the model in one answer."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from chat.core.citation_search import find
from chat.core.citations import Check, Checked, Citation

Range = tuple[int, int]  # first and last line, from 1
_WRITTEN = re.compile(r"(?P<path>.+):L(?P<start>\d{1,7})-L(?P<end>\d{1,7})", re.DOTALL)


@dataclass(frozen=True)
class ReadLines:
    """The lines that a model has read, by path, as disjoint ranges in order."""

    ranges: Mapping[str, tuple[Range, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def adding(self, lines: Iterable[Citation]) -> ReadLines:
        """These and `lines`; those that no file has, such as an empty range, are left out."""
        added: dict[str, list[Range]] = {}
        for item in lines:
            if 1 <= item.start <= item.end:
                added.setdefault(item.path, []).append((item.start, item.end))
        merged = {
            path: _merged([*self.ranges.get(path, ()), *ranges]) for path, ranges in added.items()
        }
        return ReadLines({**self.ranges, **merged})

    def covers(self, citation: Citation) -> bool:
        """Whether every cited line was read; a citation that is read in part is not."""
        ranges = self.ranges.get(citation.path, ())
        position = bisect_right(ranges, (citation.start, 10**9)) - 1
        return position >= 0 and citation.end <= ranges[position][1]

    def overlaps(self, lines: Citation) -> bool:
        """Whether any of the lines was read."""
        ranges = self.ranges.get(lines.path, ())
        position = bisect_right(ranges, (lines.end, 10**9)) - 1
        return position >= 0 and lines.start <= ranges[position][1]

    def places(self) -> list[Citation]:
        """The ranges as citations, by path in the order in which files were first read."""
        return [
            Citation(path, start, end)
            for path, ranges in self.ranges.items()
            for start, end in ranges
        ]


@dataclass(frozen=True)
class ReadCheck:
    """A Check that tells the lines that were read from those that merely exist."""

    check: Check
    read: ReadLines

    def __call__(self, citation: Citation) -> Checked:
        """See Check: what is found becomes `read` or `exists`."""
        checked = self.check(citation)
        if checked.state != "found":
            return checked
        return replace(checked, state="read" if self.read.covers(checked.citation) else "exists")

    def known_path(self, path: str) -> str:
        """See Check."""
        return self.check.known_path(path)

    def has_folder(self, path: str) -> bool:
        """See Check."""
        return self.check.has_folder(path)


def unread_citations(text: str, read: ReadLines, check: Check | None) -> list[Citation]:
    """The citations of a text whose lines exist but were not all read, each once, in order.

    What is to be done with them: while tokens, seconds and calls are left, these lines are
    read (a step like any other) and put before the model together with its answer; what it
    then writes is appended where the reader sees it, or nothing is. Their state is `read`
    from then on, since the model had them in front of it. Where nothing is left they stay
    `exists`. Lines that the model is not shown never become `read`.
    """
    if check is None:
        return []
    checked = map(ReadCheck(check, read), find(text, check))
    return [item.citation for item in checked if item.state == "exists"]


def parse_place(written: str) -> Citation | None:
    """The lines of a `path:L1-L2`, as steps name them; None if it is something else."""
    match = _WRITTEN.fullmatch(written)
    if match is None:
        return None
    return Citation(match["path"], int(match["start"]), int(match["end"]))


def _merged(ranges: list[Range]) -> tuple[Range, ...]:
    """The same lines as disjoint ranges in order; ranges that touch become one."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)
