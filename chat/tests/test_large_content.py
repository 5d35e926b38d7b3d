"""Content that is larger than a model takes is shortened, counted and never refused."""

import pytest

from chat.core import context_budget
from chat.core.prompt import PromptContent
from chat.core.query_rewriting import SEARCHED_CHARS, rewrite
from chat.core.request import Turn
from chat.core.research_rounds import is_continuation
from chat.providers.tokenizers import counter


def test_a_text_of_any_length_can_be_counted():
    count = counter("o200k_base")
    assert count("漢字" * 200_000) > 200_000
    assert count("word " * 20_000) == pytest.approx(20_000, rel=0.01)


def test_the_oldest_turn_that_does_not_fit_is_shortened_and_that_is_said():
    history = [Turn("user", "first"), Turn("assistant", "word " * 12_800), Turn("user", "last")]
    fitted = context_budget.fit(PromptContent("q", history=history), context=8_000, output=1_000)
    assert [turn.role for turn in fitted.history] == ["assistant", "user"]
    shortened = fitted.history[0].content
    assert shortened.endswith("…")
    assert 1_000 < len(shortened) < 10_000
    assert fitted.left_out == {"history": 2}


def test_a_turn_is_not_shortened_to_nothing():
    history = [Turn("assistant", "word " * 12_800)]
    content = PromptContent("q", history=history)
    fitted = context_budget.fit(content, context=100, output=10, count=len)
    assert list(fitted.history) == []


async def test_of_a_long_question_its_beginning_and_its_end_are_searched_for():
    question = "beginning " + "x" * 300_000 + " end"
    searched = await rewrite(_NoHistory, question)
    assert searched.startswith("beginning ")
    assert searched.endswith(" end")
    assert len(searched) <= 2 * SEARCHED_CHARS + 1


class _NoHistory:
    history = ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[DEEP RESEARCH] Continue the research", True),
        ("Continue the research", True),
        ("  please continue your deep research.", True),
        ("Continue the research on this topic", True),
        ("CONTINUE RESEARCH!", True),
        ("[DEEP RESEARCH] How does the loop continue to research a page?", False),
        ("Does research continue?", False),
        ("Continue", False),
        ("How do I continue?", False),
        ("Where is `continue_research` called?", False),
        ("Continue the research: which classes does the parser define, and where are they?", False),
    ],
)
def test_a_message_that_only_asks_to_go_on_is_told_from_a_topic(text, expected):
    assert is_continuation(text) is expected
