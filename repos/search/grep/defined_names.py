"""The definitions that `symbol:` asks for, by document: by the code graph, else by chunks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from deepwiki.foundation.text import clean
from repos.graph.named import NamedDefinition, definitions_holding, definitions_named
from repos.models import Index
from repos.search.chunk_symbols import ChunkSymbol, symbols_of_name
from repos.search.targets import ReadableIndex

QUALIFIER = re.compile(r"::|[.#]")  # between a name and those around it
MAX_NAMES = 20
Find = Callable[[ReadableIndex, str], list[NamedDefinition]]


@dataclass(frozen=True)
class DefinedNames:
    """Definitions by document. `is_exact`: they bear the name asked for, not a longer one."""

    by_document: Mapping[int, Sequence[NamedDefinition]] = field(default_factory=dict)
    is_exact: bool = True

    def lines(self, document_id: int) -> LineRanges:
        """The lines of a document that the definitions hold."""
        found = self.by_document.get(document_id, ())
        return LineRanges.of((definition.start, definition.end) for definition in found)


@dataclass(frozen=True)
class LineRanges:
    """Ranges of lines (both ends included) that do not overlap, in order."""

    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, ranges: Iterable[tuple[int, int]]) -> LineRanges:
        starts: list[int] = []
        ends: list[int] = []
        for start, end in sorted(ranges):
            if ends and start <= ends[-1]:
                ends[-1] = max(ends[-1], end)
                continue
            starts.append(start)
            ends.append(end)
        return cls(starts, ends)

    def __contains__(self, line: int) -> bool:
        place = bisect_right(self.starts, line) - 1
        return place >= 0 and line <= self.ends[place]


def find_defined(indexes: Sequence[ReadableIndex], names: Sequence[str]) -> DefinedNames:
    """What bears one of the names; of a name that nothing bears, what holds it in its own.

    A name may be dotted: those before its last part are names around the definition.
    """
    found = [_definitions_of(indexes, name) for name in filter(_last_part, names[:MAX_NAMES])]
    by_document = _by_document(chain.from_iterable(named for named, _ in found))
    return DefinedNames(by_document, all(is_exact for _, is_exact in found))


def _definitions_of(
    indexes: Sequence[ReadableIndex], name: str
) -> tuple[list[NamedDefinition], bool]:
    """The definitions of a name, and whether they bear it as it is."""
    exact = _find(indexes, name, _exact)
    return exact or _find(indexes, name, _holding), bool(exact)


def _find(indexes: Sequence[ReadableIndex], name: str, find: Find) -> list[NamedDefinition]:
    found = (definition for index in indexes for definition in find(index, _last_part(name)))
    return list(_qualified(name, found))


def _exact(index: ReadableIndex, name: str) -> list[NamedDefinition]:
    if index.format >= Index.LOOKUP_FORMAT:
        return definitions_named(index.id, name, at=index.generation)
    return list(map(_of_chunks, symbols_of_name(index.id, name, at=index.generation)))


def _holding(index: ReadableIndex, name: str) -> list[NamedDefinition]:
    return definitions_holding(index.id, name, at=index.generation)


def _of_chunks(symbol: ChunkSymbol) -> NamedDefinition:
    scope = symbol.path.rpartition(".")[0]
    return NamedDefinition(symbol.document_id, symbol.name, scope, symbol.start, symbol.end)


def _last_part(name: str) -> str:
    """The name itself, without those around it; empty if it is none."""
    last = QUALIFIER.split(name)[-1]
    return last if clean(last) == last else ""


def _qualified(name: str, found: Iterable[NamedDefinition]) -> Iterator[NamedDefinition]:
    """Those of the definitions that stand in what a dotted name names before its last part."""
    around = _parts(name)[:-1]
    for definition in found:
        scope = _parts(definition.scope)
        if scope[len(scope) - len(around) :] == around:
            yield definition


def _parts(name: str) -> list[str]:
    return [part for part in QUALIFIER.split(name.lower()) if part]


def _by_document(found: Iterable[NamedDefinition]) -> dict[int, list[NamedDefinition]]:
    by_document: dict[int, list[NamedDefinition]] = {}
    for definition in found:
        by_document.setdefault(definition.document_id, []).append(definition)
    return by_document
