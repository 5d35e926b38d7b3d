"""Chunking: a file's text as chunks of whole lines, or of parts of lines that are too long.

units of the syntax tree, or windows of lines -> groups that fit -> chunks

A chunk knows its lines, so that a citation of it always names real ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile
from typing import Protocol

from repos.indexing.artifacts import with_artifacts
from repos.indexing.languages import language_of
from repos.indexing.notebooks import broken_units, cell_text, notebook_chunks
from repos.indexing.symbols import FileSymbols, fallback_symbols, file_symbols, has_queries
from repos.indexing.syntax_trees import syntax_tree
from repos.indexing.syntax_units import syntax_units
from repos.indexing.units import (
    MAX_CHARS,
    MAX_LINES,
    Names,
    SourceText,
    TextChunk,
    Unit,
    join_rows,
)
from repos.indexing.windows import windows

__all__ = [
    "MAX_CHARS",
    "MAX_LINES",
    "ChunkRange",
    "ParsedFile",
    "TextChunk",
    "chunk",
    "chunk_by_lines",
    "chunk_text",
    "parse",
    "parse_by_words",
]

MAX_SYMBOL_CHARS = 300
# A chunk this full ends where another enclosing definition begins.
SCOPE_CHARS = MAX_CHARS // 3
MAX_NAMES = 200  # of one chunk


class ChunkRange(Protocol):
    """Where a chunk is in its file; see TextChunk."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def symbol(self) -> str: ...
    @property
    def start_column(self) -> int: ...
    @property
    def end_column(self) -> int: ...


@dataclass(frozen=True)
class ParsedFile:
    """A file's chunks and symbols, from one parse."""

    chunks: list[TextChunk]
    symbols: FileSymbols = field(default_factory=FileSymbols)


def parse(path: str, text: str) -> ParsedFile:
    """The chunks of a file, see `chunk`, and its symbols. Does not raise on any content."""
    language = language_of(path)
    source = SourceText(text)
    if language == "notebook":
        cells = notebook_chunks(text, source)
        return ParsedFile(list(_chunks(broken_units(source), source)) if cells is None else cells)
    syntax = syntax_tree(language, text, source.rows)
    chunks = list(_chunks(syntax_units(syntax, source), source))
    symbols = file_symbols(language, syntax)
    if symbols is None:
        symbols = fallback_symbols(language, source, chunks)
        symbols = replace(symbols, by_words=has_queries(language))
    return ParsedFile(chunks, with_artifacts(path, language, source.rows, symbols))


def parse_by_words(path: str, text: str) -> ParsedFile:
    """As `parse`, without the help of a grammar, which failed on the file."""
    language = language_of(path)
    chunks = chunk_by_lines(text)
    source = SourceText(text)
    symbols = replace(fallback_symbols(language, source, chunks), by_words=True)
    return ParsedFile(chunks, with_artifacts(path, language, source.rows, symbols))


def chunk(path: str, text: str) -> list[TextChunk]:
    """The chunks of a file, in order, covering every line that is not blank.

    No chunk has more than MAX_CHARS characters or MAX_LINES lines. Of a notebook only
    the cells' sources are covered. Does not raise on any content.
    """
    return parse(path, text).chunks


def chunk_by_lines(text: str) -> list[TextChunk]:
    """The chunks of a file without regard to its language."""
    source = SourceText(text)
    return list(_chunks(windows(source, 0, source.last), source))


def chunk_text(language: str, rows: Sequence[str], chunk_range: ChunkRange) -> str:
    """The text of the chunk at a range of a file's rows, as `chunk` gave it."""
    kept = rows[chunk_range.start - 1 : chunk_range.end]
    cut = join_rows(kept, chunk_range.start_column, chunk_range.end_column)
    if language == "notebook" and chunk_range.symbol and chunk_range.start_column:
        return cell_text(cut)
    return cut


def _chunks(units: Iterable[Unit], source: SourceText) -> Iterator[TextChunk]:
    for group in _groups(units, source):
        part = source.trimmed(group[0], group[-1])
        if part is not None:
            yield _text_chunk(group, part, source)


def _groups(units: Iterable[Unit], source: SourceText) -> Iterator[list[Unit]]:
    """Runs of neighbouring units that fit in one chunk."""
    group: list[Unit] = []
    for unit in units:
        if group and _is_complete(group, unit, source):
            yield group
            group = []
        group.append(unit)
    if group:
        yield group


def _is_complete(group: list[Unit], unit: Unit, source: SourceText) -> bool:
    """Whether `unit` starts the next group."""
    if unit.end < unit.start:
        return False
    if unit.start > group[-1].end + 1 or source.size(group[0], unit) > MAX_CHARS:
        return True
    if unit.end - group[0].start >= MAX_LINES:
        return True
    if unit.scope == group[-1].scope:
        return False
    return source.size(group[0], group[-1]) > SCOPE_CHARS


def _text_chunk(group: list[Unit], part: Unit, source: SourceText) -> TextChunk:
    scope = _common_scope(group)
    defined = _defined_names(group)
    return TextChunk(
        start=part.start + 1,
        end=part.end + 1,
        symbol=_symbol(scope, defined),
        symbols=(*scope, *defined),
        text=source.text(part),
        start_column=part.start_column,
        end_column=part.end_column,
    )


def _defined_names(group: list[Unit]) -> Names:
    names = dict.fromkeys(name for unit in group for name in unit.defines)
    return tuple(islice(names, MAX_NAMES))


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
