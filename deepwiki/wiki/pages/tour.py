"""A tour of a repository: its definitions in the order in which an entry point calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from deepwiki.wiki.pages.calls import CallReader, CallsBySymbol
from deepwiki.wiki.pages.reference import best_files
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import OutgoingCall, Symbol
from deepwiki.wiki.pages.tour_steps import QuotedLines, shown_name

MAX_STEPS = 10
MAX_DEPTH = 4
MAX_BRANCHES = 4  # calls of one step that are followed
MAX_FILES = 80  # that are looked at for an entry point


@dataclass(frozen=True)
class TourStep:
    """A definition of a tour; `caller` and `line` say where it is called, if it is."""

    symbol: Symbol
    caller: Symbol | None = None
    line: int = 0


@dataclass
class CallTour:
    """The steps of a tour from `start`, with what `source` has of their files."""

    source: PageSource
    start: Symbol
    calls: CallsBySymbol

    @cached_property
    def steps(self) -> list[TourStep]:
        """The first MAX_STEPS, in the order in which they are called."""
        return tour(self.start, self.calls)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The texts of the files of its steps."""
        return self.source.reader.texts(sorted({step.symbol.path for step in self.steps}))

    def quoted(self, step: TourStep) -> QuotedLines:
        """The lines that a step shows."""
        symbol = step.symbol
        return QuotedLines(symbol, self.texts.get(symbol.path, ""), self.calls.get(symbol, ()))

    def called(self, step: TourStep) -> str:
        """Where a step is called; empty for the first."""
        if step.caller is None:
            return ""
        caller = step.caller
        place = self.source.cite(caller.path, step.line)
        return self.source.say("map_step_called", caller=shown_name(caller), place=place)


def call_tour(source: PageSource) -> CallTour | None:
    """The tour of a page's files, or of all that matter; None where no calls can be followed."""
    own = source.of_files(best_files(source, MAX_FILES))
    reader = CallReader(own)
    start = reader.best_start()
    if start is None:
        return None
    return CallTour(own, start, reader.followed(start, MAX_DEPTH))


def tour(start: Symbol, calls: CallsBySymbol) -> list[TourStep]:
    """The first MAX_STEPS steps in the order in which they are called."""
    return [TourStep(start), *islice(_Walk(calls).steps(start), MAX_STEPS - 1)]


@dataclass
class _Walk:
    """Walks along calls, each definition once."""

    calls: CallsBySymbol
    seen: set[Symbol] = field(default_factory=set)

    def steps(self, symbol: Symbol, depth: int = 1) -> Iterator[TourStep]:
        """What a definition calls and what that calls, in order."""
        self.seen.add(symbol)
        for call in self._branches(symbol):
            if call.target in self.seen:
                continue
            yield TourStep(call.target, symbol, call.line)
            if depth < MAX_DEPTH:
                yield from self.steps(call.target, depth + 1)

    def _branches(self, symbol: Symbol) -> Sequence[OutgoingCall]:
        """The calls of a definition that lead furthest, in the order of their lines."""
        found = [call for call in self.calls.get(symbol, ()) if call.target not in self.seen]
        found.sort(key=lambda call: (-self._onward(call.target), call.line))
        return sorted(found[:MAX_BRANCHES], key=lambda call: call.line)

    def _onward(self, symbol: Symbol) -> int:
        return len(self.calls.get(symbol, ()))
