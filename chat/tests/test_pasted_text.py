"""Texts that were pasted into a question: told apart from what was typed, in linear time."""

import time

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from chat.core.pasted_text import split_pasted
from chat.core.titles import title_from_words
from chat.models import Message


def test_what_is_typed_and_what_is_pasted_are_told_apart():
    question = "Why?\n\n```pasted\none\ntwo\n```\n\n````pasted\n```\nthree\n```\n````"
    assert split_pasted(question) == ("Why?", ("one\ntwo", "```\nthree\n```"))


@pytest.mark.parametrize(
    "question",
    ["Why?", "```python\nx\n```", "```pasted\nno end", "a ```pasted\nb\n```", "``pasted\nb\n``"],
)
def test_other_text_stays_as_it_is(question):
    assert split_pasted(question) == (question, ())


def test_the_title_is_of_what_is_typed_else_of_what_is_pasted():
    assert title_from_words("Why?\n\n```pasted\nTraceback\n```") == "Why?"
    assert title_from_words("```pasted\nTraceback\n```") == "Traceback"


def test_the_page_folds_what_was_pasted():
    lines = "<b>\n" * 1_204
    message = Message(content=f"Why?\n\n```pasted\n{lines}```")
    html = render_to_string("chat/question.html", {"message": message, "shared": True})
    assert '<p data-part="text">Why?</p>' in html
    assert "<summary>Pasted text · 1,204 lines</summary>" in html
    assert "<pre>&lt;b&gt;\n" in html


@pytest.mark.fuzz
@given(
    st.lists(
        st.sampled_from(["```", "````", "```pasted", "````pasted", "`````pasted", "x", ""]),
        max_size=40,
    )
)
def test_fuzz_nothing_is_lost_and_pasted_texts_hold_no_end_of_theirs(lines):
    question = "\n".join(lines)
    typed, pasted = split_pasted(question)
    kept = "\n".join([typed, *pasted])
    assert kept.count("x") == question.count("x")


def test_a_hostile_question_is_read_in_linear_time():
    def seconds(lines):
        question = "```pasted\n" * lines
        began = time.process_time()
        split_pasted(question)
        return time.process_time() - began

    seconds(1_000)
    assert seconds(40_000) < 40 * seconds(4_000) + 0.05
