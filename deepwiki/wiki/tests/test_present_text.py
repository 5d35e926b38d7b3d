"""Texts of pages as they are shown: moved citations, and sentences that are left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.core.citation_search import find
from chat.core.citations import Citation
from deepwiki.testing.growth import LINEAR, growth
from deepwiki.wiki.ledger.page_sentences import blocks, claims_of
from deepwiki.wiki.ledger.present_text import (
    with_marks,
    with_present_places,
    without_sentences,
)

MOVES = {
    Citation("a.py", 1, 2): Citation("b/c.py", 5, 6),
    Citation("a.py", 9, 9): Citation("a.py", 8, 8),
}


def left_out(markdown, path="x.py"):
    return without_sentences(markdown, lambda citation: citation.path == path)


def test_citations_of_moved_lines_have_their_present_place():
    text = "See `a.py:L1-L2`, `a.py:L9` and `a.py:L3`, not `a.py` or a.py:L1-L2."
    assert with_present_places(text, MOVES) == (
        "See `b/c.py:L5-L6`, `a.py:L8` and `a.py:L3`, not `a.py` or a.py:L1-L2."
    )


def test_several_lines_of_one_piece_of_code_are_taken_apart():
    assert with_present_places("`a.py:L1-L2, L3`", MOVES) == "`b/c.py:L5-L6`, `a.py:L3`"


def test_citations_are_marked_in_words_once_each():
    notes = {"a.py": "changed", "b.py": "not verified"}
    text = "See `a.py:L1, L2`, `b.py:L3`, `c.py:L4` and `code`."
    assert with_marks(text, lambda cited: notes.get(cited.path, "")) == (
        "See `a.py:L1, L2` (changed), `b.py:L3` (not verified), `c.py:L4` and `code`."
    )


@pytest.mark.parametrize(
    ("markdown", "kept"),
    [
        ("Good. Bad `x.py:L1`. Good again.", "Good. Good again."),
        ("- Bad `x.py:L1`. Good.\n- Bad `x.py:L2`.\n- Good.", "- Good.\n- Good."),
        ("| a |\n|---|\n| Bad `x.py:L1` |\n| good |", "| a |\n|---|\n| good |"),
        ("Bad. `x.py:L1`\n\nGood.", "\n\nGood."),
        ("- Good. Bad `x.py:L1`.", "- Good."),
        ("```\na\n\nx.py:L1\n\nx.py:L2\n\nb\n```", "```\na\n\nx.py:L1\n\nx.py:L2\n\nb\n```"),
        ("## Good\n\nBad `x.py:L1`.\n\nGood.", "## Good\n\nGood."),
        ("```\nx.py:L1\n\nx.py:L2\n```\n\nGood.", "```\nx.py:L1\n\nx.py:L2\n```\n\nGood."),
    ],
)
def test_sentences_are_left_out_and_what_stands_around_them_stays(markdown, kept):
    assert left_out(markdown) == kept


def test_a_path_with_the_end_of_a_sentence_in_it_is_a_claim_all_the_same():
    class Known:
        def known_path(self, path):
            return path if path == "How. Why.md" else ""

        def has_folder(self, path):
            return False

    paths = {claim.path for claim in claims_of("See How. Why.md:L2 for more.", Known())}
    assert "How. Why.md" in paths


@pytest.mark.parametrize(
    "piece", ["`", "\n ", "- a `x.py:L1`. ", ". ", "| a |\n", "```\n", "a`b\n"]
)
def test_the_cost_grows_with_the_length_of_the_text(piece):
    def work(size):
        left_out(piece * size)
        claims_of(piece * size)

    assert growth(work, 8_000) < LINEAR


@pytest.mark.fuzz
@given(st.text(st.sampled_from("ab .!\n-#|`>1).:Lx/py~"), max_size=200))
def test_blocks_hold_all_of_a_text_and_what_is_not_left_out_stays(text):
    assert "".join(gap + block for gap, block in blocks(text)) == text
    assert without_sentences(text, lambda citation: False) == text
    kept = left_out(text, "a.py")
    assert len(kept) <= len(text)
    cited = {claim.cited for claim in claims_of(text)}
    assert set(find(text)) <= cited or len(cited) >= 500
