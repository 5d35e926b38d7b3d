"""A tour of a repository: its definitions in the order in which an entry point calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from operator import attrgetter, itemgetter

from deepwiki.wiki.pages.calls import CallReader, CallsBySymbol
from deepwiki.wiki.pages.reference import best_files
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import OutgoingCall, Symbol
from deepwiki.wiki.pages.tour_steps import MAX_LINES, QuotedLines, shown_name

MAX_STEPS = 10
MAX_DEPTH = 4
MAX_ONWARD = 12  # definitions that a call leads to and that count for it
OTHER_FILE = 3.0  # what a call into another file counts beside them
MIN_WORTH = -2.0
MAX_FILES = 80  # that are looked at for an entry point


@dataclass(frozen=True)
class TourStep:
    """A definition of a tour; `caller` and `line` say where it is called, if it is."""

    symbol: Symbol
    caller: Symbol | None = None
    line: int = 0

    @property
    def call(self) -> OutgoingCall:
        """The call that leads to it."""
        return OutgoingCall(self.line, self.symbol)


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

    def messages(self) -> Iterator[tuple[Symbol, OutgoingCall]]:
        """Its calls in order, each with who makes it."""
        made = (step for step in self.steps if step.caller)
        return ((step.caller or self.start, step.call) for step in made)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The texts of the files of its steps."""
        return self.source.reader.texts(sorted({step.symbol.path for step in self.steps}))

    def quoted(self, step: TourStep, limit: int = MAX_LINES) -> QuotedLines:
        """The lines that a step shows: those that make the calls of the steps after it."""
        symbol = step.symbol
        onward = sorted(each.line for each in self.steps if each.caller == symbol)
        text, calls = self.texts.get(symbol.path, ""), self.calls.get(symbol, ())
        return QuotedLines(symbol, text, calls, onward, limit)

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
    """MAX_STEPS steps at most: the calls that say most, in the order in which they are made."""
    choice = _Choice(start, calls)
    choice.add_all()
    return list(choice.in_order(start))


@dataclass
class _Choice:
    """The steps that are chosen, by what they define; each is called by another one."""

    start: Symbol
    calls: CallsBySymbol
    steps: dict[Symbol, TourStep] = field(init=False)
    depths: dict[Symbol, int] = field(init=False)

    def __post_init__(self) -> None:
        self.steps = {self.start: TourStep(self.start)}
        self.depths = {self.start: 1}

    def add_all(self) -> None:
        """Choose steps, the best of those that can be made next, while any is worth it."""
        while len(self.steps) < MAX_STEPS and (best := self._best()):
            self._add(best)

    def _add(self, step: TourStep) -> None:
        caller = step.caller or self.start
        self.steps[step.symbol] = step
        self.depths[step.symbol] = self.depths[caller] + 1

    def _best(self) -> TourStep | None:
        worth, step = max(self._offers(), key=itemgetter(0), default=(0.0, None))
        if worth < MIN_WORTH:
            return None
        return step

    def in_order(self, symbol: Symbol) -> Iterator[TourStep]:
        """A step, and what is called from there, in the order of the lines."""
        yield self.steps[symbol]
        for step in sorted(self._called(symbol), key=attrgetter("line")):
            yield from self.in_order(step.symbol)

    def _called(self, symbol: Symbol) -> list[TourStep]:
        return [step for step in self.steps.values() if step.caller == symbol]

    def _offers(self) -> Iterator[tuple[float, TourStep]]:
        """The calls that may be shown next, with what they are worth."""
        callers = [each for each, depth in self.depths.items() if depth <= MAX_DEPTH]
        return chain.from_iterable(map(self._offers_of, callers))

    def _offers_of(self, caller: Symbol) -> Iterator[tuple[float, TourStep]]:
        for call in self.calls.get(caller, ()):
            if call.target not in self.steps:
                yield self._worth(caller, call), TourStep(call.target, caller, call.line)

    def _worth(self, caller: Symbol, call: OutgoingCall) -> float:
        """More where a call leads on, and into another file; less in depth and beside others."""
        onward = len(self._onward(call.target) - self.steps.keys())
        less = self.depths[caller] + len(self._called(caller))
        return min(onward, MAX_ONWARD) + _distance(caller, call) - less

    def _onward(self, symbol: Symbol) -> set[Symbol]:
        """What is called from a definition in the end, itself included."""
        found, waiting = {symbol}, [symbol]
        while waiting:
            called = {call.target for call in self.calls.get(waiting.pop(), ())} - found
            found |= called
            waiting += called
        return found


def _distance(caller: Symbol, call: OutgoingCall) -> float:
    return OTHER_FILE * (call.target.path != caller.path)
