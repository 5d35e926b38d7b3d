"""Windows of lines: how text without a syntax tree is divided, and lines that are too long."""

from __future__ import annotations

from collections.abc import Iterator

from repos.indexing.units import MAX_CHARS, Names, SourceText, Unit

# A long line is preferably cut behind one of these.
SEPARATORS = " ,;>}"


def windows(text: SourceText, start: int, end: int, scope: Names = ()) -> Iterator[Unit]:
    """Rows `start`..`end` as units that fit in a chunk, in order.

    A window ends at a blank line if one is in its second half. A line that is too long
    for a chunk is several units.
    """
    first, blank = start, -1
    for row in range(start, end + 1):
        while first < row and not text.fits(first, row):
            last = _last_row(first, row, blank)
            yield from _fitting(text, first, last, scope)
            first, blank = last + 1, -1
        if not text.rows[row].strip():
            blank = row
    if first <= end:
        yield from _fitting(text, first, end, scope)


def divided(text: SourceText, unit: Unit) -> Iterator[Unit]:
    """A unit of whole rows, in windows if it is too large for a chunk."""
    if text.fits(unit.start, unit.end):
        yield unit
    else:
        yield from windows(text, unit.start, unit.end, unit.scope)


def _last_row(first: int, row: int, blank: int) -> int:
    """The last row of a window that starts at `first` and cannot take `row`."""
    middle = first + (row - first) // 2
    if blank > middle:
        return blank
    return row - 1


def _fitting(text: SourceText, start: int, end: int, scope: Names) -> Iterator[Unit]:
    """One unit; several of a single row that is too long."""
    if text.fits(start, end):
        yield Unit(start, end, scope)
    else:
        yield from _pieces(text.rows[start], start, scope)


def _pieces(line: str, row: int, scope: Names) -> Iterator[Unit]:
    start = 0
    while len(line) - start >= MAX_CHARS:
        end = _cut(line, start)
        yield Unit(row, row, scope, (), start, end)
        start = end
    if start < len(line):
        yield Unit(row, row, scope, (), start)


def _cut(line: str, start: int) -> int:
    """Where the piece of a line that starts at `start` ends: at a separator if there is one."""
    limit = start + MAX_CHARS
    least = start + MAX_CHARS * 3 // 4
    found = max(line.rfind(separator, least, limit) for separator in SEPARATORS)
    return limit if found < 0 else found + 1
