"""Chunking: a file's text as chunks of whole lines.

units of the syntax tree, or windows of lines -> groups that fit -> chunks

A chunk is a run of whole lines, so that a citation of it always names real lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from repos.indexing.languages import language_of
from repos.indexing.notebooks import notebook_chunks
from repos.indexing.syntax_units import syntax_units
from repos.indexing.units import MAX_CHARS, MAX_LINES, Names, TextChunk, Unit, char_count
from repos.indexing.windows import windows

__all__ = ["MAX_CHARS", "MAX_LINES", "TextChunk", "chunk"]

MAX_SYMBOL_CHARS = 300
# A chunk this full ends where another enclosing definition begins.
SCOPE_CHARS = MAX_CHARS // 3


def chunk(path: str, text: str) -> list[TextChunk]:
    """The chunks of a file, in order, covering every line that is not blank.

    Does not raise on any content.
    """
    language = language_of(path)
    lines = text.split("\n")
    if language != "notebook":
        return list(_chunks(syntax_units(language, text, lines), lines))
    cells = notebook_chunks(text, lines)
    if cells is not None:
        return cells
    return list(_chunks(windows(lines, 0, len(lines) - 1), lines))


def _chunks(units: Iterable[Unit], lines: list[str]) -> Iterator[TextChunk]:
    for group in _groups(units, lines):
        start, end = _trim(lines, group[0].start, group[-1].end)
        if start <= end:
            yield _text_chunk(group, start, end, lines)


def _groups(units: Iterable[Unit], lines: list[str]) -> Iterator[list[Unit]]:
    """Runs of neighbouring units that fit in one chunk."""
    group: list[Unit] = []
    size = 0
    for unit in units:
        length = char_count(lines, unit.start, unit.end)
        if group and _is_complete(group, size, unit, length):
            yield group
            group, size = [], 0
        group.append(unit)
        size += length
    if group:
        yield group


def _is_complete(group: list[Unit], size: int, unit: Unit, length: int) -> bool:
    """Whether `unit`, of `length` characters, starts the next group."""
    if size + length > MAX_CHARS:
        return True
    if unit.end - group[0].start >= MAX_LINES:
        return True
    return size > SCOPE_CHARS and unit.scope != group[-1].scope


def _trim(lines: list[str], start: int, end: int) -> tuple[int, int]:
    """The rows without blank ones at both ends; `end` is before `start` if none is left."""
    while start <= end and not lines[start].strip():
        start += 1
    while end >= start and not lines[end].strip():
        end -= 1
    return start, end


def _text_chunk(group: list[Unit], start: int, end: int, lines: list[str]) -> TextChunk:
    scope = _common_scope(group)
    defined = _defined_names(group)
    return TextChunk(
        start=start + 1,
        end=end + 1,
        symbol=_symbol(scope, defined),
        symbols=(*scope, *defined),
        text="\n".join(lines[start : end + 1]),
    )


def _defined_names(group: list[Unit]) -> Names:
    return tuple(dict.fromkeys(name for unit in group for name in unit.defines))


def _symbol(scope: Names, defined: Names) -> str:
    """The dotted path of the chunk's definition, or of those around several."""
    if len(defined) == 1:
        scope += defined
    return ".".join(scope)[:MAX_SYMBOL_CHARS]


def _common_scope(group: list[Unit]) -> Names:
    """The definitions that enclose every unit of the group."""
    scope = group[0].scope
    for unit in group[1:]:
        scope = _common_start(scope, unit.scope)
    return scope


def _common_start(one: Names, other: Names) -> Names:
    pairs = zip(one, other, strict=False)
    return tuple(name for name, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
