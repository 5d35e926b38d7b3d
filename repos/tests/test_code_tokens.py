"""Code words and their weights."""

import pytest

from repos.indexing.code_tokens import (
    MAX_TERMS,
    question_terms,
    sparse_text,
    stem,
    term_id,
    tokens,
    weigh,
)


def test_an_identifier_gives_itself_and_its_parts():
    assert list(tokens("parseHTTPResponse")) == ["parsehttpresponse", "pars", "http", "respons"]
    assert list(tokens("user_id2")) == ["user_id2", "user", "id"]


def test_chinese_and_japanese_give_pairs():
    assert list(tokens("蓝图注册")) == ["蓝图", "图注", "注册"]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("register", "registers"),
        ("registered", "register"),
        ("stopping", "stopped"),
        ("class", "classes"),
        ("query", "queries"),
    ],
)
def test_forms_of_a_word_meet(a, b):
    assert stem(a) == stem(b)


def test_questions_lose_the_words_every_question_has():
    assert question_terms("How does the session work in a request?") == [
        "session",
        "work",
        "request",
    ]


def test_weights_follow_the_formula():
    weights = weigh([("alpha alpha beta", 1), ("alpha", 3)])
    norm = 1.2 * (0.25 + 0.75 * 6 / 150)
    assert weights[term_id(stem("alpha"))] == pytest.approx(5 * 2.2 / (5 + norm))
    assert weights[term_id(stem("beta"))] == pytest.approx(1 * 2.2 / (1 + norm))


def test_a_flood_of_words_is_bounded_and_sorted_for_the_database():
    text = sparse_text(weigh([(" ".join(f"word{i}x" for i in range(20_000)), 1)]))
    ids = [int(pair.split(":")[0]) for pair in text[1 : text.index("}")].split(",")]
    assert len(ids) == MAX_TERMS
    assert ids == sorted(ids)
