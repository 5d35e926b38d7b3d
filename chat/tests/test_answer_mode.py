"""By one search, by an agent, or as Deep Research: what a request says, and what `auto` chooses."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from bench.answer_mode import QUESTIONS
from chat.core.answer_mode import answer_mode
from chat.core.question_depth import is_simple
from chat.core.request import parse
from chat.core.request_json import RequestLimits
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


@pytest.mark.parametrize(
    ("written", "asked", "is_research"),
    [
        (":research How are prices made?", "How are prices made?", True),
        ("How are prices made? :Research \n", "How are prices made?", True),
        (":research\n:research why", ":research why", True),
        (":research", ":research", False),
        ("What does `tag:research` do?", "What does `tag:research` do?", False),
        ("What is :research for?", "What is :research for?", False),
        (" :researchers ask", " :researchers ask", False),
    ],
)
def test_the_word_for_research_stands_first_or_last_and_is_no_part_of_the_question(
    written, asked, is_research
):
    asked_before = {"role": "user", "content": ":research Why?"}
    answered = {"role": "assistant", "content": ":research So."}
    question = {"role": "user", "content": written}
    messages = [asked_before, answered, question]
    request = parse({"repo_url": "a/b", "messages": messages}, RequestLimits())
    assert (request.question, request.deep_research) == (asked, is_research)
    assert [turn.content for turn in request.messages[:2]] == ["Why?", ":research So."]


@pytest.mark.parametrize(
    ("mode", "answered"), [("", "research"), ("auto", "research"), ("quick", "quick")]
)
def test_an_explicit_mode_wins_over_the_word_for_research(mode, answered):
    messages = [{"role": "user", "content": ":research Why does it hang?"}]
    request = parse({"repo_url": "a/b", "messages": messages, "mode": mode}, RequestLimits())
    assert mode_of(mode=request.mode, deep_research=request.deep_research) == answered


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
