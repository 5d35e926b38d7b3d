"""Definitions, texts and calls of an index, read for the pages of a wiki."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from deepwiki.wiki.pages import CallingLine, OutgoingCall, Symbol
from repos.graph import Callee, Caller, Definition, callees, callers, definitions_in, use_counts
from repos.graph import top_symbols as read_top_symbols
from repos.search import IndexSnapshot, file_texts

MAX_FILES = 1_000  # of one call
MAX_NAMES = 50_000
MAX_SYMBOLS = 200  # whose calls are read by one call
MAX_TEXT_CHARS = 200_000
MIN_CONFIDENCE = 0.5
CALLERS_READ = 20  # of files that call a symbol

Key = tuple[str, int, str]  # path, first line, name


class IndexReader:
    """Reads a snapshot: a `deepwiki.wiki.pages.SymbolReader`.

    Of the arguments of a call, the first MAX_FILES, MAX_NAMES or MAX_SYMBOLS count.
    """

    def __init__(self, snapshot: IndexSnapshot) -> None:
        self._index_id = snapshot.index_id
        self._generation = snapshot.generation
        self._definitions: dict[Key, Definition] = {}

    def outlines(self, paths: Sequence[str]) -> dict[str, list[Symbol]]:
        """See SymbolReader."""
        found: dict[str, list[Symbol]] = {}
        for symbol in self._symbols(paths):
            found.setdefault(symbol.path, []).append(symbol)
        return found

    def texts(self, paths: Sequence[str]) -> dict[str, str]:
        """See SymbolReader; none of files that are larger than what search reads whole."""
        return _cut(file_texts(self._index_id, _first(paths), at=self._generation))

    def use_counts(self, names: Sequence[str]) -> dict[str, float]:
        """See SymbolReader."""
        return use_counts(self._index_id, list(islice(dict.fromkeys(names), MAX_NAMES)))

    def callers(
        self, symbols: Sequence[Symbol], per_symbol: int
    ) -> dict[Symbol, list[CallingLine]]:
        """See SymbolReader."""
        found: dict[Symbol, list[CallingLine]] = {}
        for symbol, definition in self._known(symbols):
            limit = max(per_symbol, CALLERS_READ)
            calling = callers(self._index_id, definition, limit=limit, at=self._generation)
            lines = [_calling_line(each) for each in sorted(calling, key=_code_first)]
            if lines:
                found[symbol] = lines[:per_symbol]
        return found

    def calls(self, symbols: Sequence[Symbol], per_symbol: int) -> dict[Symbol, list[OutgoingCall]]:
        """See SymbolReader."""
        found: dict[Symbol, list[OutgoingCall]] = {}
        for symbol, definition in self._known(symbols):
            called = callees(self._index_id, definition, at=self._generation)
            calls = [call for each in called for call in self._outgoing(each)]
            if calls:
                found[symbol] = calls[:per_symbol]
        return found

    def top_names(self, paths: Sequence[str], per_file: int) -> dict[str, list[str]]:
        """By path, the names of the definitions that most files use."""
        found = read_top_symbols(self._index_id, _first(paths), per_file, at=self._generation)
        return {path: _names(definitions) for path, definitions in found.items()}

    def _known(self, symbols: Sequence[Symbol]) -> Iterator[tuple[Symbol, Definition]]:
        chosen = list(islice(dict.fromkeys(symbols), MAX_SYMBOLS))
        unread = {each.path for each in chosen if _key(each) not in self._definitions}
        if unread:
            self.outlines(sorted(unread))
        for symbol in chosen:
            definition = self._definitions.get(_key(symbol))
            if definition is not None:
                yield symbol, definition

    def _outgoing(self, callee: Callee) -> Iterator[OutgoingCall]:
        for definition in filter(_is_sure, callee.definitions[:1]):
            yield OutgoingCall(callee.lines[0], self._symbol(definition))

    def _symbols(self, paths: Sequence[str]) -> Iterator[Symbol]:
        found = definitions_in(self._index_id, _first(paths), at=self._generation)
        return map(self._symbol, found)

    def _symbol(self, definition: Definition) -> Symbol:
        symbol = Symbol(
            path=definition.path,
            name=definition.name,
            qualified_name=definition.qualified_name,
            kind=definition.kind,
            start=definition.start,
            end=definition.end,
            signature=definition.signature,
            comment=definition.comment,
            parent=definition.parent,
        )
        self._definitions.setdefault(_key(symbol), definition)
        return symbol


def _names(definitions: Iterable[Definition]) -> list[str]:
    return [definition.name for definition in definitions]


def _cut(texts: dict[str, str]) -> dict[str, str]:
    return {path: text[:MAX_TEXT_CHARS] for path, text in texts.items()}


def _key(symbol: Symbol) -> Key:
    return symbol.path, symbol.start, symbol.name


def _is_sure(definition: Definition) -> bool:
    return definition.confidence >= MIN_CONFIDENCE


def _first(paths: Iterable[str]) -> list[str]:
    return list(islice(dict.fromkeys(paths), MAX_FILES))


def _code_first(caller: Caller) -> tuple[bool, float]:
    return caller.role != "code", -caller.confidence


def _calling_line(caller: Caller) -> CallingLine:
    around = caller.definition.qualified_name if caller.definition else ""
    return CallingLine(caller.path, caller.lines[0], around)
