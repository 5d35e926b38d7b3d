"""Where a tour of calls begins, and what is called from there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from deepwiki.wiki.pages.scoring import CLASS_KINDS, FUNCTION_KINDS, is_sure
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import OutgoingCall, Symbol

MAX_STARTS = 24  # definitions that are compared
MAX_COMPARED = 150  # for the tour of the whole repository
MAX_ENTRIES = 8
MAX_FOLLOWED = 6  # of them whose calls are followed
MAX_FUNCTIONS = 60
MAX_CLASSES = 6
MAX_MEMBERS = 30  # of a class
MAX_CALLS = 16  # of one definition
MAX_LEVEL = 12  # definitions of one level that are followed
MIN_WORTH = 3.0
REACH_DEPTH = 3
OF_ENTRY = 1.5
CALLED_KINDS = FUNCTION_KINDS | CLASS_KINDS | {"macro"}
MEMBER_ACCESS = r"(?:\.|->|::|\?\.)\s*{name}\b"
CallsBySymbol = Mapping[Symbol, Sequence[OutgoingCall]]


@dataclass
class CallReader:
    """Reads the calls of a page's definitions that are sure."""

    source: PageSource

    def calls(self, symbols: Sequence[Symbol]) -> CallsBySymbol:
        """What definitions call in their own files and in files of code that theirs use."""
        found = self.source.reader.calls(symbols, MAX_CALLS)
        texts = self.source.reader.texts(sorted({symbol.path for symbol in found}))
        lines = {path: text.split("\n") for path, text in texts.items()}
        return {
            symbol: [call for call in calls if self._is_believed(symbol, call, lines)]
            for symbol, calls in found.items()
        }

    def followed(self, start: Symbol, depth: int) -> dict[Symbol, Sequence[OutgoingCall]]:
        """What a definition calls, and what that calls, `depth` times."""
        found: dict[Symbol, Sequence[OutgoingCall]] = {}
        level = [start]
        for _ in range(depth + 1):
            wanted = [symbol for symbol in dict.fromkeys(level) if symbol not in found]
            calls = self.calls(wanted[:MAX_LEVEL])
            found.update(calls)
            level = [call.target for made in calls.values() for call in made]
        return found

    def main_function(self) -> Symbol | None:
        """The function that calls most, in several places: read by one call."""
        return next(iter(self._rich(MAX_STARTS)), None)

    def best_start(self) -> Symbol | None:
        """The function from which most is called in the end."""
        entries = set(_entry_functions(self.source))
        rich = self._rich(MAX_COMPARED)[:MAX_FOLLOWED]
        reach = {each: self._reach(each, entries) for each in rich}
        return max(reach, key=lambda each: reach[each], default=None)

    def _rich(self, limit: int) -> list[Symbol]:
        """Functions that call others, those that call most first."""
        calls = self.calls(_starts(self.source)[:limit])
        worth = {symbol: _worth(symbol, made) for symbol, made in calls.items()}
        rich = [symbol for symbol in calls if worth[symbol] >= MIN_WORTH]
        return sorted(rich, key=lambda each: (-worth[each], _location(each)))

    def _reach(self, symbol: Symbol, entries: Iterable[Symbol]) -> float:
        """How many definitions are called from one in the end."""
        reached = len(self.followed(symbol, REACH_DEPTH))
        return reached * (OF_ENTRY if symbol in entries else 1.0)

    def _is_believed(
        self, symbol: Symbol, call: OutgoingCall, lines: Mapping[str, Sequence[str]]
    ) -> bool:
        """Whether a call means its target: files that use each other, a member by a dot."""
        row = lines.get(symbol.path, ())[call.line - 1 : call.line]
        if call.target == symbol or not _may_be_called(call.target, "".join(row)):
            return False
        return call.target.path == symbol.path or self._is_used(symbol.path, call.target.path)

    def _is_used(self, path: str, other: str) -> bool:
        links = self.source.code.outgoing.get(path, ())
        is_linked = any(link.target == other and is_sure(link) for link in links)
        return is_linked and self.source.role(other) == "code"


def _may_be_called(target: Symbol, line: str) -> bool:
    return target.kind in CALLED_KINDS and _is_written_so(target, line)


def _is_written_so(target: Symbol, line: str) -> bool:
    return not _is_member(target) or bool(re.search(_access(target.name), line))


def _access(name: str) -> str:
    return MEMBER_ACCESS.format(name=re.escape(name))


def _is_member(symbol: Symbol) -> bool:
    return symbol.kind == "method" and "." in symbol.qualified_name


def _worth(symbol: Symbol, calls: Iterable[OutgoingCall]) -> float:
    """How many definitions it calls; other files count as well."""
    targets = {call.target for call in calls}
    return len(targets) + _files_beside(symbol, targets)


def _files_beside(symbol: Symbol, targets: Iterable[Symbol]) -> int:
    return len(_paths(targets) - {symbol.path})


def _paths(symbols: Iterable[Symbol]) -> set[str]:
    return {symbol.path for symbol in symbols}


def _starts(source: PageSource) -> list[Symbol]:
    """The functions that may be worth a tour, entry points first."""
    return list(dict.fromkeys([*_entry_functions(source)[:MAX_ENTRIES], *_functions(source)]))


def _location(symbol: Symbol) -> tuple[str, int]:
    return symbol.path, symbol.start


def _functions(source: PageSource) -> Iterator[Symbol]:
    """The functions of a page that matter most, and the methods of its main classes."""
    for symbol in source.of_kinds(CLASS_KINDS)[:MAX_CLASSES]:
        yield from members_of(source, symbol)[:MAX_MEMBERS]
    yield from _only_functions(source.ranked)


def members_of(source: PageSource, symbol: Symbol) -> list[Symbol]:
    """What a class defines directly, the most important first."""
    prefix = f"{symbol.qualified_name}."
    outline = source.outlines.get(symbol.path, ())
    inner = [each for each in outline if each.qualified_name.startswith(prefix)]
    return source.by_score(each for each in inner if "." not in each.qualified_name[len(prefix) :])


def _entry_functions(source: PageSource) -> list[Symbol]:
    """The functions that commands, routes and main blocks of the page's files name."""
    found = [each for path in source.code_files for each in _entries_of(source, path)]
    return _only_functions(found)


def _only_functions(symbols: Iterable[Symbol]) -> list[Symbol]:
    return [each for each in symbols if each.kind in FUNCTION_KINDS][:MAX_FUNCTIONS]


def _entries_of(source: PageSource, path: str) -> list[Symbol]:
    artifacts = source.code.artifacts_by_path.get(path, ())[:MAX_FUNCTIONS]
    named = [each.target for each in artifacts if each.kind in ("main", "command", "route")]
    names = {re.split(r"[.:]", target)[-1] for target in named}
    return [each for each in source.outlines.get(path, ()) if each.name in names]
