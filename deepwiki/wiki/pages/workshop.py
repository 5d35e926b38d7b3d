"""A workshop: exercises made from the code, whose questions and choices are from its graph."""

from __future__ import annotations

from collections.abc import Iterator

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.pages.builder import PageBuilder
from deepwiki.wiki.pages.escaping import plain
from deepwiki.wiki.pages.exercise import Exercise, exercise_blocks
from deepwiki.wiki.pages.reference import best_files
from deepwiki.wiki.pages.slide import starts
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_exercises import (
    caller_exercises,
    extend_exercises,
    test_exercises,
)
from deepwiki.wiki.pages.tour import MAX_FILES, call_tour
from deepwiki.wiki.pages.tour_exercises import call_exercises, start_exercise


def workshop_page(source: PageSource) -> PageContent:
    """The content of a workshop."""
    builder = PageBuilder(source.say)
    blocks = exercise_blocks(_exercises(source))
    if not blocks:
        builder.text(source.say("nothing_found"))
        return builder.content(source.say("map_nothing"))
    builder.blocks += blocks
    name = plain(source.short_name, 80)
    return builder.content(source.say("workshop_lead", count=len(starts(blocks)), name=name))


def _exercises(source: PageSource) -> Iterator[Exercise]:
    own = source.of_files(best_files(source, MAX_FILES))
    tour = call_tour(source)
    if tour is not None:
        yield start_exercise(tour)
        yield from call_exercises(tour)
    yield from caller_exercises(own)
    yield from test_exercises(own)
    yield from extend_exercises(own)
