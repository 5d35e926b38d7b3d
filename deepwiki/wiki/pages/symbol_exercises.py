"""Exercises about definitions: who calls them, what tests them, what is based on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from deepwiki.wiki.pages import offers
from deepwiki.wiki.pages.build_commands import commands, invocation
from deepwiki.wiki.pages.class_diagram import bases_of
from deepwiki.wiki.pages.escaping import code
from deepwiki.wiki.pages.exercise import Exercise, Question
from deepwiki.wiki.pages.exercise_choices import other_files, other_names, shown_path
from deepwiki.wiki.pages.part_page import tests_of
from deepwiki.wiki.pages.scoring import CLASS_KINDS, FUNCTION_KINDS, public, unique_names
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import CallingLine, Symbol
from deepwiki.wiki.pages.tour_steps import shown_name

MAX_CALLERS = 60  # of one definition that are read
MAX_TRIED = 12  # definitions of which the first that fits is asked about
MAX_COMPARED = 400  # classes whose heads are read
SHARED = frozenset({"conftest.py", "__init__.py"})


def caller_exercises(source: PageSource) -> Iterator[Exercise]:
    """Find who calls a definition; for the first that is surely called by another."""
    chosen = unique_names(public(source.of_kinds(FUNCTION_KINDS)))[:MAX_TRIED]
    callers = source.reader.callers(chosen, MAX_CALLERS)
    for symbol in chosen:
        found = callers.get(symbol, ())
        own = [each for each in found if _is_other(source, symbol, each)]
        if own and len(found) < MAX_CALLERS:
            yield _caller_exercise(source, symbol, own[0], found)
            return


def _is_other(source: PageSource, symbol: Symbol, calling: CallingLine) -> bool:
    own = f"{symbol.qualified_name}."
    is_other = bool(calling.name) and not f"{calling.name}.".startswith(own)
    return is_other and source.role(calling.path) == "code"


def _caller_exercise(
    source: PageSource, symbol: Symbol, calling: CallingLine, found: Sequence[CallingLine]
) -> Exercise:
    say, name = source.say, shown_name(symbol)
    right, place = code(calling.name), source.cite(calling.path, calling.line)
    names = {part for each in found for part in each.name.split(".")}
    wrong = other_names(source, FUNCTION_KINDS, {symbol.name, *names})
    explanation = say("right_calls", name=right, other=name, place=place)
    return Exercise(
        say("exercise_callers", name=name),
        say("goal_callers", name=name),
        (_opened(source, symbol), say("hint_uses", name=name)),
        (say("hint_place", place=source.cite(calling.path)),),
        Question(say("check_callers", name=name), right, wrong, explanation),
    )


def _opened(source: PageSource, symbol: Symbol) -> str:
    name, place = shown_name(symbol), source.cite_symbol(symbol)
    return source.say("step_open", name=name, place=place)


def test_exercises(source: PageSource) -> Iterator[Exercise]:
    """Find the tests of the file that matters most of those that have some."""
    for path in source.code_files[:MAX_TRIED]:
        tests = [each for each in tests_of(source.of_files([path])) if not _is_shared(each)]
        if tests:
            yield _test_exercise(source, path, tests)
            return


def _is_shared(path: str) -> bool:
    """Whether a file of tests holds what others share."""
    return path.rpartition("/")[2] in SHARED


def _test_exercise(source: PageSource, path: str, tests: Sequence[str]) -> Exercise:
    say, name = source.say, shown_path(path)
    linked = {link.source for link in source.code.incoming.get(path, ())}
    others = [each for each in source.program("test") if not _is_shared(each)]
    wrong = other_files(others, linked)
    explanation = say("right_tests", name=name, place=source.cite(tests[0]))
    steps = (say("step_open", name=name, place=source.cite(path, 1)), *_run_steps(source))
    return Exercise(
        say("exercise_tests", name=name),
        say("goal_tests", name=name),
        steps,
        (say("hint_uses", name=_main_name(source, path)),),
        Question(say("check_tests", name=name), shown_path(tests[0]), wrong, explanation),
    )


def _main_name(source: PageSource, path: str) -> str:
    best = source.best_of(path, 1)
    return code(best[0].name) if best else shown_path(path)


def _run_steps(source: PageSource) -> Iterator[str]:
    """How tests are run, where a build file says so."""
    found = [each for each in commands(source, "build") if "test" in each.name.lower()]
    for each in found[:1]:
        place = offers.place(source, each)
        yield source.say("step_run", command=code(invocation(each)), place=place)


@dataclass(frozen=True)
class _Family:
    """A class and those that are based on it."""

    base: Symbol
    heirs: Sequence[Symbol]


def extend_exercises(source: PageSource) -> Iterator[Exercise]:
    """Write another class of the family that has most members."""
    families = sorted(_families(source), key=_order)
    for family in families[:1]:
        yield _extend_exercise(source, family)


def _order(family: _Family) -> tuple[int, str, int]:
    return -len(family.heirs), family.base.path, family.base.start


def _families(source: PageSource) -> list[_Family]:
    classes = source.of_kinds(CLASS_KINDS)[:MAX_COMPARED]
    known: dict[str, list[Symbol]] = defaultdict(list)
    for symbol in classes:
        known[symbol.name].append(symbol)
    heirs: Mapping[Symbol, list[Symbol]] = defaultdict(list)
    for symbol in classes:
        for base in bases_of(symbol, known):
            heirs[base].append(symbol)
    return [_Family(base, found) for base, found in heirs.items() if base not in found]


def _extend_exercise(source: PageSource, family: _Family) -> Exercise:
    say, base, heir = source.say, family.base, family.heirs[0]
    name, place = shown_name(base), source.cite_symbol(heir)
    names = {base.name, *(each.name for each in family.heirs)}
    wrong = other_names(source, CLASS_KINDS, names)
    right = shown_name(heir)
    explanation = say("right_extend", name=right, other=name, place=place)
    steps = (_opened(source, base), _opened(source, heir), say("step_write"))
    return Exercise(
        say("exercise_extend", name=name),
        say("goal_extend", name=name),
        (*steps, *_run_steps(source)),
        (say("hint_uses", name=name),),
        Question(say("check_extend", name=name), right, wrong, explanation),
    )
