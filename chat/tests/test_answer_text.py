"""Which part of what an agent writes is its answer."""

import pytest

from chat.core.answer_text import HELD_CHARS, AnswerText
from deepwiki.testing.growth import LINEAR, growth


def shown(text, *, piece=1, has_calls=False, **options):
    """What is given out of a turn that comes in pieces of so many characters."""
    answer = AnswerText(**options)
    pieces = [answer.feed(text[at : at + piece]) for at in range(0, len(text), piece)]
    return "".join([*pieces, answer.finish(has_calls=has_calls)])


@pytest.mark.parametrize("piece", [1, 3, 1000])
@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Let me look.\n<answer>\nIt is `a.py:L1-L2`.", "It is `a.py:L1-L2`."),
        ("<answer>So.</answer>", "So."),
        ("<ANSWER>\n\nSo.\n</answer>\n", "So.\n"),
        ("So it is.", "So it is."),
        ("I will write `<answer>` later. So.", "I will write `<answer>` later. So."),
        ("<answer>\nA\n<answer>\nB", "A\n\nB"),
        ("<answer>A</answer>\nThat was it.", "A"),
        ("<answer>A</answer>\nand\n<answer>B</answer>", "A\n\nB"),
        ("<answer>The tag `</answer>` ends it, <answer> begins it.", None),
        ("<answer>a < b and <ans", "a < b and <ans"),
        ("It is this.\n<answer>", "It is this.\n"),
        ("<answer>\n \n", ""),
        ("", ""),
    ],
)
def test_the_answer_is_what_stands_behind_the_marker_or_all_where_none_stands(text, answer, piece):
    expected = text.removeprefix("<answer>") if answer is None else answer
    assert shown(text, piece=piece) == expected


def test_text_before_calls_is_progress_and_no_answer():
    text = AnswerText()
    assert text.feed("I look for the callers.") + text.finish(has_calls=True) == ""
    assert text.progress == "I look for the callers."
    assert not text.has_text


def test_text_behind_the_marker_is_given_out_at_once():
    text = AnswerText()
    assert text.feed("Now.\n<answer>\nIt") == "It"
    assert text.feed(" is") == " is"


def test_text_that_is_too_long_for_progress_is_given_out_before_the_turn_ends():
    text = AnswerText()
    assert text.feed("x" * HELD_CHARS) == ""
    assert text.feed("yz") == "x" * HELD_CHARS + "yz"
    assert text.finish(has_calls=True) == ""


def test_what_a_later_turn_adds_is_set_off():
    assert shown("<answer>\nMore.", follows=True) == "\n\nMore."
    assert shown("Nothing to add?", follows=True, has_calls=True) == ""


def test_reading_many_markers_takes_linear_time():
    assert growth(lambda size: shown("<answer>a</answer>\n" * size, piece=10**9), 40_000) < LINEAR
    assert growth(lambda size: shown("<answer" * size, piece=5), 40_000) < LINEAR
