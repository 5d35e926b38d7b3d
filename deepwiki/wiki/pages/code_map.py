"""A code map: a tour from an entry point along its calls, with the lines that make them."""

from __future__ import annotations

from collections.abc import Sequence

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.pages.builder import PageBuilder
from deepwiki.wiki.pages.escaping import fenced
from deepwiki.wiki.pages.part_page import ask_how
from deepwiki.wiki.pages.sequence_diagram import diagram_of_messages
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.tour import CallTour, TourStep, call_tour
from deepwiki.wiki.pages.tour_steps import shown_name, step_text

MAX_ASKED = 3
MAX_LINES = 20  # of a step


def code_map_page(source: PageSource) -> PageContent:
    """The content of a code map."""
    tour = call_tour(source)
    if tour is None:
        builder = PageBuilder(source.say)
        builder.text(source.say("nothing_found"))
        return builder.content(source.say("map_nothing"))
    return _tour_page(tour)


def _tour_page(tour: CallTour) -> PageContent:
    builder = PageBuilder(tour.source.say)
    builder.diagram(diagram_of_messages(tour.source, tour.start, tour.messages()))
    for number, step in enumerate(tour.steps, 1):
        builder.text(*_shown(tour, number, step))
    _ask(builder, tour.steps)
    name = shown_name(tour.start)
    return builder.content(tour.source.say("map_lead", count=len(tour.steps), name=name))


def _shown(tour: CallTour, number: int, step: TourStep) -> list[str]:
    """A step: its heading, what it is, its lines and what it calls."""
    quoted = tour.quoted(step, MAX_LINES)
    return [
        f"## {number}. {shown_name(step.symbol)}",
        f"{quoted.described()} {tour.called(step)}".strip(),
        fenced(quoted.lines, tour.source.language(step.symbol.path)),
        step_text(tour.source, quoted),
    ]


def _ask(builder: PageBuilder, steps: Sequence[TourStep]) -> None:
    symbols = [step.symbol for step in steps]
    builder.ask("question_calls", name=shown_name(symbols[0]))
    ask_how(builder, symbols[1 : 1 + MAX_ASKED])
