"""Types and limits that the stages of chunking share."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

Names = tuple[str, ...]

MAX_CHARS = 1_400
MAX_LINES = 60


@dataclass(frozen=True)
class TextChunk:
    """Lines `start`..`end` (1-based, inclusive) of a file, or a part of one long line.

    `start_column` is the number of characters left out at the start of the first line,
    `end_column` where the last line is cut (exclusive), 0 at its end. `symbol` is the
    dotted path of the enclosing definition, empty at top level; `symbols` are the names
    of enclosing and contained definitions.
    """

    start: int
    end: int
    symbol: str
    symbols: Names
    text: str
    start_column: int = 0
    end_column: int = 0


@dataclass(frozen=True)
class Unit:
    """Rows `start`..`end` (0-based, inclusive) that stay in one chunk.

    `scope` are the names of the enclosing definitions, outermost first; `defines` the
    names defined in these rows. A unit with `end` before `start` only adds names. The
    columns are those of a TextChunk.
    """

    start: int
    end: int
    scope: Names = ()
    defines: Names = ()
    start_column: int = 0
    end_column: int = 0


class SourceText:
    """The rows of a text, and the sizes of their ranges in constant time."""

    def __init__(self, text: str) -> None:
        self.rows = text.split("\n")
        self._starts = list(accumulate((len(row) + 1 for row in self.rows), initial=0))

    @property
    def last(self) -> int:
        """The number of the last row."""
        return len(self.rows) - 1

    def position(self, offset: int) -> tuple[int, int]:
        """The row and column of a character, counted from the start of the text."""
        row = bisect_right(self._starts, offset, hi=len(self.rows)) - 1
        return row, offset - self._starts[row]

    def size(self, first: Unit, last: Unit) -> int:
        """Characters from the start of one unit to the end of another, line ends included."""
        start = self._starts[first.start] + first.start_column
        if last.end_column:
            return self._starts[last.end] + last.end_column - start
        return self._starts[last.end + 1] - start

    def fits(self, start: int, end: int) -> bool:
        """Whether rows `start`..`end` fit in one chunk."""
        return end - start < MAX_LINES and self._row_chars(start, end) <= MAX_CHARS

    def _row_chars(self, start: int, end: int) -> int:
        return self._starts[end + 1] - self._starts[start]

    def trimmed(self, first: Unit, last: Unit) -> Unit | None:
        """From one unit to another without blank rows at both ends, None if all are blank."""
        part = Unit(first.start, last.end, (), (), first.start_column, last.end_column)
        start, end = part.start, part.end
        while start <= end and not self._row(part, start).strip():
            start += 1
        while end >= start and not self._row(part, end).strip():
            end -= 1
        if start > end:
            return None
        start_column = part.start_column if start == part.start else 0
        end_column = part.end_column if end == part.end else 0
        return Unit(start, end, (), (), start_column, end_column)

    def _row(self, part: Unit, row: int) -> str:
        """What `part` contains of a row."""
        text = self.rows[row]
        if row == part.end and part.end_column:
            text = text[: part.end_column]
        if row == part.start:
            text = text[part.start_column :]
        return text

    def text(self, part: Unit) -> str:
        """The text of a unit, without the line end behind it."""
        rows = self.rows[part.start : part.end + 1]
        return join_rows(rows, part.start_column, part.end_column)


def join_rows(rows: Sequence[str], start_column: int, end_column: int) -> str:
    """Rows as text, the first and the last cut at the columns of a TextChunk."""
    return "\n".join(_cut_rows(rows, start_column, end_column))


def _cut_rows(rows: Sequence[str], start_column: int, end_column: int) -> Iterator[str]:
    last = len(rows) - 1
    for number, row in enumerate(rows):
        end = end_column if number == last and end_column else len(row)
        yield row[start_column if number == 0 else 0 : end]
