"""Lines that match a pattern, as `manage.py search --regex` writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Protocol

from repos.search.grep import FoundLine, GrepResult, MatchedFile


class Output(Protocol):
    def write(self, msg: str) -> object: ...


def as_json(result: GrepResult) -> str:
    """One JSON object with the files and their lines."""
    files = [_file(file) for file in result.files]
    counts = {"files": result.file_count, "matches": result.match_count, "is_cut": result.is_cut}
    return json.dumps({**counts, "found": files}, indent=1)


def write_lines(result: GrepResult, output: Output) -> None:
    """`path:line: text` for each line, then the counts."""
    for file in result.files:
        for line in _matching(file):
            output.write(f"{file.path}:{line.number}: {line.text}")
    output.write(_counts(result))


def _counts(result: GrepResult) -> str:
    more = "+" * result.is_cut
    return f"{result.match_count}{more} matches in {result.file_count}{more} files"


def _matching(file: MatchedFile) -> Iterator[FoundLine]:
    return (line for line in file.lines if line.is_match)


def _file(file: MatchedFile) -> dict[str, object]:
    return {"path": file.path, "matches": file.count, "lines": list(map(_line, _matching(file)))}


def _line(line: FoundLine) -> dict[str, object]:
    columns = [[start + line.offset, end + line.offset] for start, end in line.spans]
    return {"line": line.number, "text": line.text, "columns": columns}
