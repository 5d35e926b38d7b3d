"""Windows of lines: how text without a syntax tree is divided."""

from __future__ import annotations

from collections.abc import Iterator

from repos.indexing.units import MAX_CHARS, MAX_LINES, Names, Unit, char_count


def windows(lines: list[str], start: int, end: int, scope: Names = ()) -> Iterator[Unit]:
    """Rows `start`..`end` as units that fit in a chunk, in order.

    A window ends at a blank line if one is in its second half. A single line that is too
    long is a window of its own.
    """
    first, size, blank = start, 0, -1
    for row in range(start, end + 1):
        length = len(lines[row]) + 1
        is_full = size + length > MAX_CHARS or row - first >= MAX_LINES
        if is_full and row > first:
            last = _last_row(first, row, blank)
            yield Unit(first, last, scope)
            first, blank = last + 1, -1
            size = char_count(lines, first, row - 1)
        if not lines[row].strip():
            blank = row
        size += length
    if first <= end:
        yield Unit(first, end, scope)


def _last_row(first: int, row: int, blank: int) -> int:
    """The last row of a window that starts at `first` and cannot take `row`."""
    middle = first + (row - first) // 2
    if blank > middle:
        return blank
    return row - 1
