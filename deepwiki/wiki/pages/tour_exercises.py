"""Exercises along the tour of a repository: where it starts, and what is called from there."""

from __future__ import annotations

from collections.abc import Iterator

from deepwiki.wiki.pages import offers
from deepwiki.wiki.pages.escaping import code, plain
from deepwiki.wiki.pages.exercise import Exercise, Question
from deepwiki.wiki.pages.exercise_choices import named_in, other_files, other_names, shown_path
from deepwiki.wiki.pages.lead import readme_path
from deepwiki.wiki.pages.scoring import FUNCTION_KINDS
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import OutgoingCall
from deepwiki.wiki.pages.tour import CallTour, TourStep
from deepwiki.wiki.pages.tour_steps import shown_name

MAX_STEPS = 4


def start_exercise(tour: CallTour) -> Exercise:
    """Find the file in which the program begins."""
    say, name = tour.source.say, shown_name(tour.start)
    return Exercise(
        say("exercise_start", name=plain(tour.source.short_name, 80)),
        say("goal_start"),
        tuple(filter(None, _start_steps(tour, name))),
        (say("hint_uses", name=name),),
        _start_question(tour, name),
    )


def _start_steps(tour: CallTour, name: str) -> Iterator[str]:
    source, say = tour.source, tour.source.say
    readme = source.cite(readme_path(source.code))
    yield say.of_any("step_read", name=code(source.short_name), place=readme)
    for entry in offers.entry_points(source)[:1]:
        place = offers.place(source, entry)
        yield say("step_open", name=code(offers.entry_name(entry)), place=place)
    yield say("step_open", name=name, place=source.cite_symbol(tour.start))


def _start_question(tour: CallTour, name: str) -> Question:
    source, start = tour.source, tour.start
    defining = [path for path in source.files if _defines(source, path, start.name)]
    wrong = other_files(source.files, {start.path, *defining})
    place = source.cite_symbol(start)
    explanation = source.say("right_defined", name=name, place=place)
    return Question(
        source.say("check_defined", name=name), shown_path(start.path), wrong, explanation
    )


def _defines(source: PageSource, path: str, name: str) -> bool:
    return any(symbol.name == name for symbol in source.outlines.get(path, ()))


def call_exercises(tour: CallTour) -> Iterator[Exercise]:
    """Follow the calls of the tour's first definition; nothing where it calls none."""
    say, name = tour.source.say, shown_name(tour.start)
    for call in tour.calls.get(tour.start, ())[:1]:
        yield Exercise(
            say("exercise_calls", name=name),
            say("goal_calls", name=name),
            tuple(_step(tour, step) for step in tour.steps[:MAX_STEPS]),
            (say("hint_place", place=_calling_line(tour, call)),),
            _call_question(tour, name, call),
        )


def _step(tour: CallTour, step: TourStep) -> str:
    name, place = shown_name(step.symbol), tour.source.cite_symbol(step.symbol)
    opened = tour.source.say("step_open", name=name, place=place)
    return f"{opened} {tour.called(step)}".strip()


def _call_question(tour: CallTour, name: str, call: OutgoingCall) -> Question:
    """What it names anywhere may be called by it: no wrong choice."""
    source, say = tour.source, tour.source.say
    names = named_in(tour.start, tour.texts.get(tour.start.path, ""))
    wrong = other_names(source, FUNCTION_KINDS, {tour.start.name, *names})
    right = shown_name(call.target)
    explanation = say("right_calls", name=name, other=right, place=_calling_line(tour, call))
    return Question(say("check_calls", name=name), right, wrong, explanation)


def _calling_line(tour: CallTour, call: OutgoingCall) -> str:
    return tour.source.cite(tour.start.path, call.line)
