"""Jupyter notebooks (nbformat 3 and 4): chunks by cell.

A chunk is a part of the .ipynb file between two positions inside the JSON strings of one
cell's source, so its lines are those of the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from repos.indexing.notebook_scanner import Cell, Span, scan_cells
from repos.indexing.units import MAX_CHARS, MAX_LINES, Names, SourceText, TextChunk, Unit
from repos.indexing.windows import windows

INDEXED_CELLS = ("code", "markdown", "heading", "raw")
# A character or an escape of a JSON string; a pair of surrogates is one.
ESCAPED = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[0-9a-fA-F]{4}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)
# The rest of a JSON string.
STRING = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
LINE_END = r"\n"  # as JSON writes it
IMAGE = '"image/'  # the key of a picture among the outputs


def notebook_chunks(text: str, source: SourceText) -> list[TextChunk] | None:
    """The chunks of a notebook's cells, None if `text` is no notebook.

    Outputs and metadata are in no chunk.
    """
    if not _is_json(text):
        return None
    cells = scan_cells(text)
    if cells is None:
        return None
    return [
        chunk
        for number, cell in enumerate(cells, 1)
        if cell.kind in INDEXED_CELLS
        for chunk in _cell_chunks(cell, (f"cell {number}",), source)
    ]


def cell_text(raw: str) -> str:
    """The text that a part of a cell stands for; `raw` starts inside a JSON string."""
    return "".join(map(_unescaped, _strings(raw))).rstrip("\n")


def broken_units(source: SourceText) -> Iterator[Unit]:
    """Units of a notebook that is no JSON: windows of its lines, without its pictures."""
    start = 0
    for row, line in enumerate(source.rows):
        if line.lstrip().startswith(IMAGE):
            yield from windows(source, start, row - 1)
            start = row + 1
    yield from windows(source, start, source.last)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _cell_chunks(cell: Cell, scope: Names, source: SourceText) -> Iterator[TextChunk]:
    for group in _groups(_units(cell.spans, source), source):
        first, last = group[0], group[-1]
        part = Unit(first.start, last.end, (), (), first.start_column, last.end_column)
        text = cell_text(source.text(part))
        if text.strip():
            columns = (part.start_column, part.end_column)
            yield TextChunk(part.start + 1, part.end + 1, scope[0], (), text, *columns)


def _groups(units: Iterable[Unit], source: SourceText) -> Iterator[list[Unit]]:
    """Runs of neighbouring units that fit in one chunk, without blank ones at both ends."""
    group: list[Unit] = []
    blank: list[Unit] = []
    for unit in units:
        if not cell_text(source.text(unit)).strip():
            blank.append(unit)
            continue
        if group and _is_full(group, unit, source):
            yield group
            group = []
        group = [*group, *blank, unit] if group else [unit]
        blank = []
    if group:
        yield group


def _is_full(group: list[Unit], unit: Unit, source: SourceText) -> bool:
    first = group[0]
    return unit.end - first.start >= MAX_LINES or source.size(first, unit) > MAX_CHARS


def _units(spans: Iterable[Span], source: SourceText) -> Iterator[Unit]:
    """The strings of a cell's source, the long ones in pieces."""
    for span in spans:
        row, start = source.position(span.start)
        end = start + span.end - span.start
        for piece_end in _cuts(source.rows[row], start, end):
            yield Unit(row, row, (), (), start, piece_end)
            start = piece_end


def _cuts(line: str, start: int, end: int) -> Iterator[int]:
    """Where the pieces of a JSON string end: behind a line of it if there is one."""
    while end - start > MAX_CHARS:
        limit = start + MAX_CHARS
        cut = line.rfind(LINE_END, start + MAX_CHARS // 2, limit)
        start = _whole_escapes(line, start, limit if cut < 0 else cut + len(LINE_END))
        yield start
    if start < end:
        yield end


def _whole_escapes(line: str, start: int, limit: int) -> int:
    """The last position up to `limit` that is not inside an escape."""
    position = start
    while match := ESCAPED.match(line, position):
        if match.end() > limit:
            break
        position = match.end()
    return position


def _strings(raw: str) -> Iterator[str]:
    """What stands inside the JSON strings of `raw`, which starts inside the first."""
    position = 0
    while position <= len(raw):
        match = STRING.match(raw, position)
        if match is None:
            return
        yield match.group()
        opening = raw.find('"', match.end() + 1)
        if opening < 0:
            return
        position = opening + 1


def _unescaped(content: str) -> str:
    try:
        text: str = json.loads(f'"{content}"')
    except ValueError:
        return content
    return _storable(text)


def _storable(text: str) -> str:
    """`text` with what cannot be stored, NUL and half characters, replaced by U+FFFD."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", "\ufffd")
