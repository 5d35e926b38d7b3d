"""What the page of a file shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from chat.web.reader.indexed_code import IndexedCode
from chat.web.reader.line_rows import line_rows
from chat.web.reader.line_window import CodeLine, coloured_lines, count_lines
from deepwiki.foundation.parsing import parse_number
from repos.models import Document

LINES_BEFORE = 60  # the lines an address names
WINDOW = 160  # of a page; what is near is loaded after it
PART = re.compile(r"/*[^/]+/*")  # of a path
# Stand for lines in an address that a script fills in.
START, END = 900_000_001, 900_000_002


@dataclass(frozen=True)
class Crumb:
    """A folder above a file, or the file itself, with its path."""

    name: str
    path: str


@dataclass(frozen=True)
class ReadFile:
    """A file of the index, of which some lines are shown."""

    document: Document

    @cached_property
    def line_count(self) -> int:
        return count_lines(self.document.text)

    def window(self, first: int, last: int) -> list[CodeLine]:
        """Lines `first` to `last`, moved into the file; WINDOW at most."""
        count = self.line_count
        first = _clamp(first, 1, count)
        last = _clamp(last, first, min(count, first + WINDOW - 1))
        return coloured_lines(self.document.text, self.document.language, first, last)

    def chosen(self, text: str) -> range:
        """The lines `start-end` of an address, moved into the file; empty without any."""
        first, _, second = text.partition("-")
        start = parse_number(first)
        if not start:
            return range(0)
        count = self.line_count
        start = _clamp(start, 1, count)
        return range(start, _clamp(parse_number(second) or start, start, count) + 1)


def file_context(code: IndexedCode, document: Document, asked: str) -> dict[str, Any]:
    """Context of the page of a file with the lines `asked`, `start-end`."""
    file = ReadFile(document)
    return {
        "crumbs": crumbs(document.path),
        **lines_context(file, file.chosen(asked)),
        **host_context(code, document.path),
    }


def lines_context(file: ReadFile, chosen: range) -> dict[str, Any]:
    """Context of a file whose lines begin before the chosen ones, which are marked."""
    count = file.line_count
    lines = file.window(chosen.start - LINES_BEFORE, count)
    return {
        "document": file.document,
        "line_count": count,
        "rows": line_rows(lines, chosen),
        "before": lines[0].number - 1,
        "after": count - lines[-1].number,
    }


def host_context(code: IndexedCode, path: str) -> dict[str, str]:
    """The host's pages of a file, and of lines with {start} and {end} for a script to fill in."""
    return {
        "host_url": code.host_url(path),
        "host_lines_url": _fillable(code.host_url(path, START, END)),
        "blame_url": code.blame_url(path),
        "blame_lines_url": _fillable(code.blame_url(path, START, END)),
    }


def _fillable(url: str) -> str:
    return url.replace(str(START), "{start}").replace(str(END), "{end}")


def crumbs(path: str) -> list[Crumb]:
    """The folders of a path, from the root down, and what it names; empty for the root."""
    return [Crumb(_last_name(part), part) for part in _parts(path)]


def _parts(path: str) -> list[str]:
    """The paths of the folders above, each with its `/`, and the path itself."""
    return list(accumulate(PART.findall(path)))


def _last_name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _clamp(number: int, least: int, most: int) -> int:
    return min(max(number, least), most)
