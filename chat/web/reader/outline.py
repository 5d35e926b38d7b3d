"""The outline of a file: its definitions, by the code graph or else by its chunks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chat.web.reader.indexed_code import IndexedCode
from chat.web.reader.names import NamePlace
from repos import graph
from repos.graph import Definition
from repos.search import ChunkSymbol, symbols_of_file

MAX_ENTRIES = 2_000
MAX_DEPTH = 4


@dataclass(frozen=True)
class OutlineEntry:
    """A definition on lines `start`..`end`, `depth` (0 to MAX_DEPTH) deep in others.

    `kind` and `signature` are empty where they are not known.
    """

    name: str
    start: int
    end: int
    depth: int
    kind: str = ""
    signature: str = ""


def outline_context(code: IndexedCode, place: NamePlace) -> dict[str, Any]:
    """Context of the outline of a file."""
    entries = _of_graph(graph.outline(code.index.pk, place.path))
    if not entries:
        entries = list(map(_of_chunks, symbols_of_file(code.index.pk, place.path)))
    shown, more = entries[:MAX_ENTRIES], len(entries[MAX_ENTRIES:])
    lacks = graph.completeness(code.index.pk, place.path)
    return {"entries": shown, "more": more, "path": place.path, "lacks": lacks}


def definition_of_lines(code: IndexedCode, path: str, lines: range) -> OutlineEntry | None:
    """The innermost definition around lines, or else the first that begins in them."""
    entries = _of_graph(graph.outline(code.index.pk, path))
    first, last = lines.start, lines.stop - 1
    around = [entry for entry in entries if entry.start <= first and last <= entry.end]
    if around:
        return max(around, key=lambda entry: (entry.depth, entry.start))
    return next((entry for entry in entries if entry.start in lines), None)


def _of_graph(found: Sequence[Definition]) -> list[OutlineEntry]:
    return [
        _of_definition(definition, min(MAX_DEPTH, depth))
        for definition, depth in graph.with_depths(found)
    ]


def _of_definition(definition: Definition, depth: int) -> OutlineEntry:
    return OutlineEntry(
        definition.name,
        definition.start,
        definition.end,
        depth,
        definition.kind,
        definition.signature,
    )


def _of_chunks(symbol: ChunkSymbol) -> OutlineEntry:
    return OutlineEntry(symbol.name, symbol.start, symbol.end, min(MAX_DEPTH, symbol.depth))
