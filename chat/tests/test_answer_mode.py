"""By one search, by an agent, or as Deep Research: what a request says, and what `auto` chooses."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from bench.answer_mode import QUESTIONS
from chat.core.answer_mode import answer_mode
from chat.core.question_depth import is_simple
from chat.testing.agent_parts import OpenTools, TurnScript, agent_context
from deepwiki.foundation.languages import ANSWER_LANGUAGES
from deepwiki.testing.growth import LINEAR, growth

WHY = "Why does the worker hang?"
WHERE = "Where is the port set?"


def mode_of(question=WHY, *, is_tagged=False, **request):
    context = agent_context(TurnScript([]), OpenTools(), question, request=request)
    return answer_mode(context, is_tagged=is_tagged)


@pytest.mark.parametrize("mode", ["quick", "agent", "research"])
def test_an_explicit_mode_wins(mode):
    assert mode_of(mode=mode, deep_research=True, is_tagged=True) == mode


@pytest.mark.parametrize("mode", ["", "auto"])
def test_else_a_request_for_research_is_research(mode):
    assert mode_of(mode=mode, deep_research=True) == "research"
    assert mode_of(mode=mode, is_tagged=True) == "research"


def test_else_auto_chooses_by_the_question_and_without_it_one_search_is_made():
    assert (mode_of(mode="auto"), mode_of(WHERE, mode="auto")) == ("agent", "quick")
    assert mode_of() == "quick"


def test_without_a_language_model_or_tools_there_is_less_to_choose_from():
    context = agent_context(TurnScript([]), OpenTools(), WHY)
    assert answer_mode(replace(context, tools=None), is_tagged=False) == "quick"
    silent = replace(context, provider=TurnScript([], is_generative=False))
    assert answer_mode(silent, is_tagged=True) == "quick"


@pytest.mark.parametrize(
    ("question", "simple"),
    [
        ("Where is `parse_url` defined?", True),
        ("What is a blueprint?", True),
        ("Who calls `parse_url`?", False),
        ("为什么会失败？", False),
        ("Où est le port ?", True),
        ("Почему он зависает?", False),
        ("x " * 30, False),
        ("How do `a_b`, `c_d` and `e_f` fit together?", False),
        ("", True),
    ],
)
def test_causes_courses_uses_and_long_questions_are_not_simple(question, simple):
    assert is_simple(question) is simple


def test_judging_a_question_takes_linear_time():
    assert growth(lambda size: is_simple("from a" * size), 400_000) < LINEAR


def test_the_labelled_questions_are_sixty_half_of_each_kind_in_every_answer_language():
    questions = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    assert Counter(one["mode"] for one in questions) == {"quick": 30, "agent": 30}
    assert {one["language"] for one in questions} == set(ANSWER_LANGUAGES)
    assert len({one["question"] for one in questions}) == len(questions)
    assert all(set(one) == {"language", "mode", "question"} for one in questions)
