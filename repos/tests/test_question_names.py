"""Names in questions: those spelled like names, and those said in words."""

import pytest

from repos.search.question_names import identifiers, word_runs


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does send_mail do?", ["send_mail"]),
        ("what is sendMail?", ["sendMail"]),
        ("what is `mail` for?", ["mail"]),
        ("when is close() called?", ["close"]),
        ("Why does Flask read URLs?", []),
        ("How do things work? Where are they?", []),
        ("where is _private kept", ["_private"]),
        ("the HTTPServer of it", ["HTTPServer"]),
        ("x" * 50_000, []),
        ("a_" * 50_000, []),
        ("`" * 50_000, []),
    ],
)
def test_identifiers_of_a_question_are_told_from_its_words(question, expected):
    assert identifiers(question) == expected


def test_runs_of_words_are_squashed_names_of_six_letters_or_more():
    runs = word_runs("the Test Client of it")
    assert "testclient" in runs and "thetestclient" in runs
    assert "ofit" not in runs
    assert len(word_runs("word " * 100_000)) < 2_000
