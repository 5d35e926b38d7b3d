"""Jupyter notebooks (nbformat 4): chunks by cell."""

from __future__ import annotations

import json
from collections.abc import Iterator

from repos.indexing.units import MAX_CHARS, TextChunk

INDEXED_CELLS = ("code", "markdown")
PREFIX_CHARS = 60


def notebook_chunks(text: str, lines: list[str]) -> list[TextChunk] | None:
    """The chunks of a notebook's cells, None if `text` is no notebook.

    Line numbers are those of the .ipynb file `lines`, so that links to it are right.
    """
    sources = _cell_sources(text)
    if sources is None:
        return None
    return list(_chunks(sources, lines))


def _chunks(sources: list[str], lines: list[str]) -> Iterator[TextChunk]:
    row = 0
    for number, source in enumerate(sources, 1):
        if not source.strip():
            continue
        start = _find_row(lines, row, source)
        row = min(start + source.count("\n"), len(lines) - 1)
        yield from _cell_chunks(number, source.strip(), start + 1, row + 1)


def _cell_sources(text: str) -> list[str] | None:
    try:
        return [
            "".join(cell["source"])
            for cell in json.loads(text)["cells"]
            if cell.get("cell_type") in INDEXED_CELLS
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _find_row(lines: list[str], after: int, source: str) -> int:
    """The row of the file where a cell's source begins, not before `after`."""
    first_line = source.split("\n")[0]
    prefix = json.dumps(first_line, ensure_ascii=False)[1:-1][:PREFIX_CHARS]
    if not prefix:
        return after
    return next((row for row in range(after, len(lines)) if prefix in lines[row]), after)


def _cell_chunks(number: int, body: str, start: int, end: int) -> Iterator[TextChunk]:
    for offset in range(0, len(body), MAX_CHARS):
        text = body[offset : offset + MAX_CHARS]
        yield TextChunk(start, end, f"cell {number}", (), text)
