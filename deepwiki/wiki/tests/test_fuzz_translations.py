"""Whatever a model answers, a translated page holds the code and the links of the page it is of."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepwiki.wiki.content import PageContent, TextBlock
from deepwiki.wiki.pages import Translator, expanded
from deepwiki.wiki.pages.recording import CLOSE, OPEN, SEPARATOR, expanded_text
from deepwiki.wiki.translation.markdown_pieces import LINK_TARGET, has_same_parts, pieces
from deepwiki.wiki.translation.model_translation import translate_page

pytestmark = pytest.mark.fuzz

WORDS = st.sampled_from(
    "`|``|```|~~~|a|é|[x](wiki:y)|[|](|)|# |> |- |1. |<b>|    |https://a.b".split("|")
) | st.sampled_from(["\n", "\n\n", "| ", "\t", "[[1]]\n", "[[2]]\n", "\r", "\x0b", "\u2028"])
TEXTS = st.lists(WORDS, max_size=30).map("".join)
MARKS = st.sampled_from([OPEN, SEPARATOR, CLOSE, "size", "count", "1", "@prose", "@number", "x"])


@given(TEXTS)
def test_the_pieces_of_a_text_are_the_text(text):
    assert "".join(piece.text for piece in pieces(text)) == text


@given(TEXTS)
def test_a_paragraph_has_the_same_parts_as_itself(text):
    for piece in pieces(text):
        if piece.is_translated:
            assert has_same_parts(piece.text, piece.text)


@given(st.lists(TEXTS, max_size=3), st.data())
def test_no_answer_changes_code_and_links(texts, data):
    content = PageContent("A summary.", tuple(map(TextBlock, texts)))
    page = translate_page("Title", content, "Japanese", lambda *_: data.draw(TEXTS))
    for before, after in zip(content.blocks, page.content.blocks, strict=True):
        kept = [piece.text for piece in pieces(before.markdown) if not piece.is_translated]
        assert Counter(LINK_TARGET.findall(before.markdown)) == Counter(
            LINK_TARGET.findall(after.markdown)
        )
        assert all(text in after.markdown for text in kept)


@given(st.lists(MARKS, max_size=40).map("".join))
def test_any_marks_are_read_as_some_text(text):
    said = expanded_text(text, Translator())
    assert not set(said) & {OPEN, SEPARATOR, CLOSE}
    assert expanded(PageContent(text, ()), Translator()).summary == said
