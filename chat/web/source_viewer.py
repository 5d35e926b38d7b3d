"""The source pane: the lines of a file around those a citation names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from chat.web.reader.line_rows import source_rows
from chat.web.reader.line_window import CodeLine, coloured_lines, count_lines
from deepwiki.foundation.parsing import parse_number
from repos.models import Document, Repository
from repos.search import read_file
from repos.sources import Address

CONTEXT_LINES = 400  # before and after the cited lines
MAX_PATH_CHARS = 1_000
ANY_LINE = 900_000_001  # stands for a line in an address


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

    def __contains__(self, number: object) -> bool:
        return number in range(self.start, self.end + 1)


@dataclass(frozen=True)
class SourceFile:
    """A file of a repository's current index, and where its host shows it."""

    document: Document
    address: Address
    commit: str

    def url(self, start: int, end: int) -> str:
        """The URL of lines at the host; empty where the host has no such page."""
        return self.address.blob_url(self.commit, self.document.path, start, end)

    @cached_property
    def line_count(self) -> int:
        return count_lines(self.document.text)

    def lines(self, first: int, last: int) -> list[CodeLine]:
        """Lines `first` to `last`, from 1, coloured; as many as a window holds."""
        return coloured_lines(self.document.text, self.document.language, first, last)


def viewer_context(
    repository: Repository, person_id: int | None, query: Mapping[str, str]
) -> dict[str, Any]:
    """Context of the source pane for the query parameters `path`, `start` and `end`.

    Without `rows` if the current index has no such file or the person may not read it.
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
        **_rows(file, cited),
        "host_url": file.url(cited.start, cited.end),
    }


def _rows(file: SourceFile, cited: LineRange) -> dict[str, object]:
    """The rows of the cited lines and CONTEXT_LINES on both sides, and the number of the first."""
    first = max(1, cited.start - CONTEXT_LINES)
    lines = file.lines(first, min(file.line_count, cited.end + CONTEXT_LINES))
    url = file.url(ANY_LINE, ANY_LINE)
    urls = (url.replace(str(ANY_LINE), str(line.number)) for line in lines)
    return {"rows": source_rows(lines, cited, urls), "first": first}


def _clamp(number: int | None, least: int, most: int) -> int:
    return min(max(number or least, least), most)
