"""A code map: a tour from an entry point along its calls, with the lines that make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.pages.builder import PageBuilder
from deepwiki.wiki.pages.calls import CallReader, CallsBySymbol
from deepwiki.wiki.pages.escaping import code, fenced
from deepwiki.wiki.pages.part_page import ask_how
from deepwiki.wiki.pages.reference import best_files
from deepwiki.wiki.pages.sequence_diagram import sequence_diagram
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import OutgoingCall, Symbol
from deepwiki.wiki.pages.tour_steps import QuotedLines, step_text

MAX_STEPS = 10
MAX_DEPTH = 4
MAX_BRANCHES = 4  # calls of one step that are followed
MAX_FILES = 80  # that are looked at for an entry point
MAX_ASKED = 3


@dataclass(frozen=True)
class TourStep:
    """A definition of a tour; `caller` and `line` say where it is called, if it is."""

    symbol: Symbol
    caller: Symbol | None = None
    line: int = 0


@dataclass
class _Tour:
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

    def _branches(self, symbol: Symbol) -> list[OutgoingCall]:
        """The calls of a definition that lead furthest, in the order of their lines."""
        found = [call for call in self.calls.get(symbol, ()) if call.target not in self.seen]
        found.sort(key=lambda call: (-self._onward(call.target), call.line))
        return sorted(found[:MAX_BRANCHES], key=lambda call: call.line)

    def _onward(self, symbol: Symbol) -> int:
        return len(self.calls.get(symbol, ()))


def code_map_page(source: PageSource) -> PageContent:
    """The content of a code map."""
    own = source.of_files(best_files(source, MAX_FILES))
    reader = CallReader(own)
    start = reader.best_start()
    if start is None:
        builder = PageBuilder(source.say)
        builder.text(source.say("nothing_found"))
        return builder.content(source.say("map_nothing"))
    return _tour_page(own, start, reader.followed(start, MAX_DEPTH))


def _tour_page(source: PageSource, start: Symbol, calls: CallsBySymbol) -> PageContent:
    builder = PageBuilder(source.say)
    steps = tour(start, calls)
    builder.diagram(sequence_diagram(source, start, calls))
    texts = source.reader.texts(sorted({step.symbol.path for step in steps}))
    for number, step in enumerate(steps, 1):
        builder.text(*_shown(source, number, step, _quoted(step, calls, texts)))
    _ask(builder, steps)
    name = code(start.qualified_name)
    return builder.content(source.say("map_lead", count=len(steps), name=name))


def tour(start: Symbol, calls: CallsBySymbol) -> list[TourStep]:
    """The first MAX_STEPS steps in the order in which they are called."""
    return [TourStep(start), *islice(_Tour(calls).steps(start), MAX_STEPS - 1)]


def _quoted(step: TourStep, calls: CallsBySymbol, texts: Mapping[str, str]) -> QuotedLines:
    symbol = step.symbol
    return QuotedLines(symbol, texts.get(symbol.path, ""), calls.get(symbol, ()))


def _shown(source: PageSource, number: int, step: TourStep, quoted: QuotedLines) -> list[str]:
    """A step: its heading, what it is, its lines and what it calls."""
    return [
        f"## {number}. {code(step.symbol.qualified_name)}",
        f"{quoted.described()} {_called(source, step)}".strip(),
        fenced(quoted.lines, source.language(step.symbol.path)),
        step_text(source, quoted),
    ]


def _called(source: PageSource, step: TourStep) -> str:
    if step.caller is None:
        return ""
    caller = step.caller
    place = source.cite(caller.path, step.line)
    return source.say("map_step_called", caller=code(caller.qualified_name), place=place)


def _ask(builder: PageBuilder, steps: Sequence[TourStep]) -> None:
    symbols = [step.symbol for step in steps]
    builder.ask("question_calls", name=code(symbols[0].qualified_name))
    ask_how(builder, symbols[1 : 1 + MAX_ASKED])
