"""Definitions as the chunks of an index know them: for files and indexes without a code graph."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from deepwiki.foundation.sql import fetch_all, fetch_value, read_sql
from repos.models import LATEST_GENERATION

OF_FILE = read_sql(__file__, "chunk_symbols_of_file.sql")
OF_NAME = read_sql(__file__, "chunk_symbols_of_name.sql")
TEXT = "SELECT text FROM repos_document WHERE index_id = %(index)s AND path = %(path)s AND is_live"
MAX_SYMBOLS = 5_000
MAX_LINE_CHARS = 2_000  # of a line that is looked at


@dataclass(frozen=True)
class ChunkSymbol:
    """A definition by its dotted path; lines `start`..`end` (1-based, inclusive) hold it."""

    document_id: int
    path: str
    start: int
    end: int

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def depth(self) -> int:
        """How many definitions are around it."""
        return self.path.count(".")


def symbols_of_file(index_id: int, path: str) -> list[ChunkSymbol]:
    """The definitions in a file, in their order, those around others included."""
    values = {"index": index_id, "path": path, "limit": MAX_SYMBOLS}
    found = _merged(map(_symbol, fetch_all(OF_FILE, values)))
    if not found:
        return []
    lines = str(fetch_value(TEXT, values) or "").split("\n")
    return sorted((_from_its_name_on(symbol, lines) for symbol in found), key=_order)


def symbols_of_name(index_id: int, name: str, *, at: int = LATEST_GENERATION) -> list[ChunkSymbol]:
    """The definitions with a name at a generation, whatever the case of its letters."""
    values = {"index": index_id, "at": at, "name": name.lower(), "limit": MAX_SYMBOLS}
    return list(map(_symbol, fetch_all(OF_NAME, values)))


def _symbol(row: tuple[int, str, int, int]) -> ChunkSymbol:
    return ChunkSymbol(*row)


def _order(symbol: ChunkSymbol) -> tuple[int, int]:
    return symbol.start, symbol.depth


def _merged(symbols: Iterable[ChunkSymbol]) -> Collection[ChunkSymbol]:
    """The symbols and those around them, each once with all its lines."""
    merged: dict[str, ChunkSymbol] = {}
    for symbol in symbols:
        for around in _with_enclosing(symbol):
            merged[around.path] = _joined(merged.get(around.path, around), around)
    return merged.values()


def _with_enclosing(symbol: ChunkSymbol) -> Iterator[ChunkSymbol]:
    names = symbol.path.split(".")
    for count in range(1, len(names) + 1):
        path = ".".join(names[:count])
        yield ChunkSymbol(symbol.document_id, path, symbol.start, symbol.end)


def _from_its_name_on(symbol: ChunkSymbol, lines: Sequence[str]) -> ChunkSymbol:
    """The symbol from the first of its lines on that has its name."""
    name = re.compile(rf"(?<!\w){re.escape(symbol.name)}(?!\w)")
    for number in range(symbol.start, min(symbol.end, len(lines)) + 1):
        if name.search(lines[number - 1][:MAX_LINE_CHARS]):
            return replace(symbol, start=number)
    return symbol


def _joined(one: ChunkSymbol, other: ChunkSymbol) -> ChunkSymbol:
    start, end = min(one.start, other.start), max(one.end, other.end)
    return ChunkSymbol(one.document_id, one.path, start, end)
