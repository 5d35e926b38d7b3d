"""Types and limits that the stages of chunking share."""

from __future__ import annotations

from dataclasses import dataclass

Names = tuple[str, ...]

MAX_CHARS = 1_400
MAX_LINES = 60


@dataclass(frozen=True)
class TextChunk:
    """Lines `start`..`end` (1-based, inclusive) of a file.

    `symbol` is the dotted path of the enclosing definition, empty at top level; `symbols`
    are the names of enclosing and contained definitions.
    """

    start: int
    end: int
    symbol: str
    symbols: Names
    text: str


@dataclass(frozen=True)
class Unit:
    """Rows `start`..`end` (0-based, inclusive) that stay in one chunk.

    `scope` are the names of the enclosing definitions, outermost first; `defines` the
    names defined in these rows. A unit with `end` before `start` only adds names.
    """

    start: int
    end: int
    scope: Names = ()
    defines: Names = ()


def char_count(lines: list[str], start: int, end: int) -> int:
    """Characters in rows `start`..`end`, line ends included."""
    return sum(len(line) + 1 for line in lines[start : end + 1])


def fits_in_chunk(lines: list[str], start: int, end: int) -> bool:
    """Whether rows `start`..`end` fit in one chunk."""
    return end - start < MAX_LINES and char_count(lines, start, end) <= MAX_CHARS
