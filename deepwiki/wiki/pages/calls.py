"""Where a tour of calls begins, and what is called from there."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from deepwiki.wiki.pages.call_lines import (
    SELF,
    fits,
    is_meant,
    is_member,
    is_written_so,
    owner_of,
    receiver_of,
)
from deepwiki.wiki.pages.scoring import CLASS_KINDS, FUNCTION_KINDS, is_sure
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import OutgoingCall, Symbol

MAX_STARTS = 24  # definitions that are compared
MAX_COMPARED = 200  # for the tour of the whole repository
MAX_ENTRIES = 8
MAX_FOLLOWED = 12  # of them whose calls are followed
MAX_FUNCTIONS = 60
MAX_CLASSES = 12
MAX_MEMBERS = 12  # of a class, the most used
MAX_CALLS = 16  # of one definition
MAX_LEVEL = 16  # definitions of one level that are followed
MIN_WORTH = 3.0
REACH_DEPTH = 3
OF_ENTRY = 1.5
OF_FILE = 3.0  # what another file that is reached counts, a definition counting one
OF_PRIVATE = 0.5
MAKERS = frozenset("__init__ constructor initialize __construct init".split())
CALLED_KINDS = FUNCTION_KINDS | CLASS_KINDS | {"macro"}
MAX_CLIMB = 3
CallsBySymbol = Mapping[Symbol, Sequence[OutgoingCall]]


@dataclass
class CallReader:
    """Reads the calls of a page's definitions that are sure; `known` are those that were read."""

    source: PageSource
    known: dict[Symbol, Sequence[OutgoingCall]] = field(default_factory=dict)

    def calls(self, symbols: Sequence[Symbol]) -> CallsBySymbol:
        """What definitions call in their own files and in files of code that theirs use.

        Each is read once.
        """
        unread = [each for each in dict.fromkeys(symbols) if each not in self.known]
        self.known |= dict.fromkeys(unread, ())
        self.known |= self._believed(unread)
        return {each: self.known[each] for each in symbols if self.known[each]}

    def _believed(self, symbols: Sequence[Symbol]) -> CallsBySymbol:
        found = self._read(symbols)
        texts = self.source.reader.texts(sorted({symbol.path for symbol in found}))
        lines = {path: text.split("\n") for path, text in texts.items()}
        return {symbol: self._sure(symbol, calls, lines) for symbol, calls in found.items()}

    def _sure(
        self, symbol: Symbol, calls: Sequence[OutgoingCall], lines: Mapping[str, Sequence[str]]
    ) -> list[OutgoingCall]:
        """The calls that are believed; those of an object's own methods are its class's."""
        made = (self._own(symbol, call, _line_of(symbol, call, lines)) for call in calls)
        return [call for call in made if self._is_believed(symbol, call, lines)]

    def _own(self, symbol: Symbol, call: OutgoingCall, line: str) -> OutgoingCall:
        """The call, of the class that its line speaks of: the caller's own, or one of that name."""
        methods = self._meant(symbol, call.target.name, receiver_of(call.target, line))
        if not methods or call.target in methods:
            return call
        return OutgoingCall(call.line, max(methods, key=_length))

    def _meant(self, symbol: Symbol, name: str, receiver: str) -> list[Symbol]:
        methods = self._methods.get(name, ())
        if receiver in SELF:
            return [each for each in methods if owner_of(each) == owner_of(symbol)]
        return [each for each in methods if fits(each, receiver)]

    @cached_property
    def _methods(self) -> Mapping[str, list[Symbol]]:
        """The methods of the page's files by name."""
        found: dict[str, list[Symbol]] = {}
        for outline in self.source.outlines.values():
            for symbol in filter(is_member, outline):
                found.setdefault(symbol.name, []).append(symbol)
        return found

    def _read(self, symbols: Sequence[Symbol]) -> CallsBySymbol:
        """Calls as the index has them; of a class those that are made when it is called."""
        makers = self._makers([each for each in symbols if each.kind in CLASS_KINDS])
        asked = [each for each in symbols if each.kind not in CLASS_KINDS]
        found = self.source.reader.calls([*asked, *makers.values()], MAX_CALLS)
        made = {each: found[maker] for each, maker in makers.items() if maker in found}
        return {each: found[each] for each in asked if each in found} | made

    def _makers(self, classes: Sequence[Symbol]) -> dict[Symbol, Symbol]:
        """By class, the method that runs when it is called; those without one are left out."""
        if not classes:
            return {}
        outlines = self.source.reader.outlines(sorted({each.path for each in classes}))
        members = {each: _members(each, outlines.get(each.path, ())) for each in classes}
        found = {each: next(filter(_is_maker, members[each]), None) for each in classes}
        return {each: maker for each, maker in found.items() if maker is not None}

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
        """The function that many know and from which most is called in the end."""
        rich = self._rich(MAX_COMPARED)[:MAX_FOLLOWED]
        uses = self.source.reader.use_counts(sorted({each.name for each in rich}))
        entries = set(_entry_functions(self.source))
        worth = {each: self._reach(each) * _fame(each, uses, entries) for each in rich}
        best = max(worth, key=lambda each: worth[each], default=None)
        return None if best is None else self._above(best)

    def _above(self, start: Symbol) -> Symbol:
        """The public function that calls a start, if one alone does, and so on."""
        for _ in range(MAX_CLIMB):
            callers = self._public_callers(start)
            if len(callers) != 1:
                break
            start = callers[0]
        return start

    def _public_callers(self, target: Symbol) -> list[Symbol]:
        return [each for each in self.known if _is_public(each) and self._calls(each, target)]

    def _calls(self, caller: Symbol, target: Symbol) -> bool:
        return any(call.target == target for call in self.known[caller])

    def _rich(self, limit: int) -> list[Symbol]:
        """Functions that call others, those that call most first."""
        calls = self.calls(_starts(self.source)[:limit])
        worth = {symbol: _worth(symbol, made) for symbol, made in calls.items()}
        rich = [symbol for symbol in calls if worth[symbol] >= MIN_WORTH]
        return sorted(rich, key=lambda each: (-worth[each], _location(each)))

    def _reach(self, symbol: Symbol) -> float:
        """How many definitions are called from one in the end, and in how many other files."""
        reached = self.followed(symbol, REACH_DEPTH)
        return len(reached) + OF_FILE * _files_beside(symbol, reached)

    def _is_believed(
        self, symbol: Symbol, call: OutgoingCall, lines: Mapping[str, Sequence[str]]
    ) -> bool:
        """Whether a call means its target: files that use each other, a member by a dot."""
        line = _line_of(symbol, call, lines)
        if call.target == symbol or not _may_be_called(call.target, line):
            return False
        if not is_meant(call.target, line):
            return False
        return call.target.path == symbol.path or self._is_used(symbol.path, call.target.path)

    def _is_used(self, path: str, other: str) -> bool:
        links = self.source.code.outgoing.get(path, ())
        is_linked = any(link.target == other and is_sure(link) for link in links)
        return is_linked and self.source.role(other) == "code"


def _fame(symbol: Symbol, uses: Mapping[str, float], entries: Collection[Symbol]) -> float:
    """How well known a function is: by the files that use its name, and as an entry point."""
    fame = 1.0 + math.log2(1.0 + uses.get(symbol.name, 0.0))
    if symbol in entries:
        fame *= OF_ENTRY
    if symbol.name.startswith("_"):
        fame *= OF_PRIVATE
    return fame


def _line_of(symbol: Symbol, call: OutgoingCall, lines: Mapping[str, Sequence[str]]) -> str:
    return _line(lines.get(symbol.path, ()), call.line)


def _line(lines: Sequence[str], number: int) -> str:
    return "".join(lines[number - 1 : number])


def _is_public(symbol: Symbol) -> bool:
    return symbol.kind in FUNCTION_KINDS and not symbol.name.startswith("_")


def _length(symbol: Symbol) -> int:
    return symbol.end - symbol.start


def _may_be_called(target: Symbol, line: str) -> bool:
    return target.kind in CALLED_KINDS and is_written_so(target, line)


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
    return source.by_score(_members(symbol, source.outlines.get(symbol.path, ())))


def _members(symbol: Symbol, outline: Iterable[Symbol]) -> list[Symbol]:
    """What a class defines directly, of the outline of its file."""
    return [each for each in outline if owner_of(each) == symbol.qualified_name]


def _is_maker(member: Symbol) -> bool:
    """Whether a member runs when its class is called."""
    return member.name in MAKERS or member.name == owner_of(member).rpartition(".")[2]


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
