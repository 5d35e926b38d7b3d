"""The source pane: the lines of a file around those a citation names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.utils.safestring import SafeString

from chat.web.reader.line_window import CodeLine, coloured_lines, count_lines
from deepwiki.foundation.parsing import parse_number
from repos.models import Document, Repository
from repos.search import read_file
from repos.sources import Address

CONTEXT_LINES = 400  # before and after the cited lines
MAX_PATH_CHARS = 1_000


@dataclass(frozen=True)
class SourceLine:
    """A line of a source file; `marked` if it is one of those cited.

    `html` is highlighted and sanitized, `url` is the line at the repository's host;
    `hidden` characters at its end are left out.
    """

    number: int
    html: SafeString
    marked: bool
    url: str
    hidden: int = 0


@dataclass(frozen=True)
class LineRange:
    """Lines `start` to `end`, from 1, both included."""

    start: int
    end: int

    @classmethod
    def parse(cls, query: Mapping[str, str], line_count: int) -> Self:
        """The range of the query parameters `start` and `end`, moved into the file."""
        start = _clamp(parse_number(query.get("start")), 1, line_count)
        return cls(start, _clamp(parse_number(query.get("end")), start, line_count))

    def __contains__(self, number: int) -> bool:
        return self.start <= number <= self.end


@dataclass(frozen=True)
class SourceFile:
    """A file of a repository's current index, and where its host shows it."""

    document: Document
    address: Address
    commit: str

    def url(self, start: int, end: int) -> str:
        """The URL of lines at the host; empty where the host has no such page."""
        return self.address.blob_url(self.commit, self.document.path, start, end)

    @property
    def line_count(self) -> int:
        return count_lines(self.document.text)

    def lines(self, first: int, last: int) -> list[CodeLine]:
        """Lines `first` to `last`, from 1, coloured; as many as a window holds."""
        return coloured_lines(self.document.text, self.document.language, first, last)


def viewer_context(
    repository: Repository, person_id: int | None, query: Mapping[str, str]
) -> dict[str, Any]:
    """Context of the source pane for the query parameters `path`, `start` and `end`.

    Without `lines` if the current index has no such file or the person may not read it.
    """
    path = query.get("path", "")[:MAX_PATH_CHARS]
    document = read_file(repository, path, person_id)
    if document is None:
        return {"path": path, "repository": repository}
    file = SourceFile(document, repository.address, _indexed_commit(repository))
    return {"repository": repository, **_file_context(file, query)}


def _indexed_commit(repository: Repository) -> str:
    if repository.current_index is None:
        return ""
    return repository.current_index.commit


def _file_context(file: SourceFile, query: Mapping[str, str]) -> dict[str, Any]:
    cited = LineRange.parse(query, file.line_count)
    return {
        "path": file.document.path,
        "start": cited.start,
        "end": cited.end,
        "commit": file.commit,
        "lines": _source_lines(file, cited),
        "host_url": file.url(cited.start, cited.end),
    }


def _source_lines(file: SourceFile, cited: LineRange) -> list[SourceLine]:
    """The cited lines and CONTEXT_LINES on both sides of them."""
    first = max(1, cited.start - CONTEXT_LINES)
    last = min(file.line_count, cited.end + CONTEXT_LINES)
    return [_source_line(file, line, cited) for line in file.lines(first, last)]


def _source_line(file: SourceFile, line: CodeLine, cited: LineRange) -> SourceLine:
    number = line.number
    return SourceLine(number, line.html, number in cited, file.url(number, number), line.hidden)


def _clamp(number: int | None, least: int, most: int) -> int:
    return min(max(number or least, least), most)
