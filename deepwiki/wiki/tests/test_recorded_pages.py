"""Pages made from the code in other languages: their sentences are kept as keys."""

from __future__ import annotations

import pytest

from deepwiki.wiki.content import PageContent, TextBlock
from deepwiki.wiki.pages import SENTENCES, Translator, expanded, markdown, write_page
from deepwiki.wiki.pages.recording import CLOSE, OPEN, SEPARATOR, KeyTranslator, expanded_text
from deepwiki.wiki.plan import plan_wiki
from deepwiki.wiki.tests.memory_index import MemoryIndex
from deepwiki.wiki.tests.test_pages import FILES

INDEX = MemoryIndex(FILES)
PLAN = plan_wiki(INDEX.code)
RECORDER = KeyTranslator()


def shouting(text):
    """The names of values stay as they are."""
    parts = text.split("{")
    inner = [f"{part.partition('}')[0]}}}{part.partition('}')[2].upper()}" for part in parts[1:]]
    return "{".join([parts[0].upper(), *inner])


SHOUTING = Translator(
    shouting, lambda one, many, count: shouting(one if count == 1 else many), "{:_}".format
)


def written(page, say=None):
    return write_page(page, PLAN, INDEX.code, MemoryIndex(FILES), say)


@pytest.mark.parametrize("page", PLAN.pages, ids=lambda page: page.slug)
def test_a_page_of_keys_says_the_same_as_one_that_is_written_in_the_language(page):
    content = written(page)
    assert content == written(page, Translator())
    assert expanded(content.recorded, SHOUTING) == written(page, SHOUTING)
    assert OPEN not in markdown(content)


def test_what_is_stored_of_a_page_holds_no_keys():
    assert "recorded" not in written(PLAN.pages[0]).as_json()


@pytest.mark.parametrize(
    "text",
    [
        OPEN,
        CLOSE,
        f"{OPEN}{CLOSE}",
        f"{OPEN}size{CLOSE}",
        f"{OPEN}size{SEPARATOR}count{SEPARATOR}many{CLOSE}",
        f"{OPEN}none{SEPARATOR}x{CLOSE}",
        f"{OPEN}@prose{CLOSE}",
        f"{CLOSE}{SEPARATOR}{OPEN}{OPEN}{SEPARATOR}",
        OPEN * 20_000 + CLOSE * 20_000,
    ],
)
def test_marks_that_make_no_sentence_are_left_out(text):
    said = expanded_text(f"a {text} b", Translator())
    assert not set(said) & {OPEN, SEPARATOR, CLOSE}
    assert said.startswith("a ") and said.endswith(" b")


def test_a_value_may_be_a_sentence():
    listed = RECORDER.listed(["x", "y", "z"], 2)
    text = RECORDER("based_on", names=listed)
    assert expanded_text(text, Translator()) == "It is based on x, y and 1 more."


def test_numbers_are_written_as_the_language_does():
    text = RECORDER("more_rows", count=12_000)
    assert expanded_text(text, Translator()) == "And 12,000 more."
    assert expanded_text(text, SHOUTING) == "AND 12_000 MORE."


def test_an_unknown_sentence_is_refused():
    with pytest.raises(KeyError):
        RECORDER("none")


def test_the_titles_of_plans_are_sentences():
    titles = {text for key, text in SENTENCES.items() if key.startswith("title_")}
    assert {page.title for page in PLAN.pages if page.kind != "part"} <= titles


def test_a_text_without_keys_stays_as_it_is():
    content = PageContent("One.", (TextBlock("## Two\n\n`x`"),), ("Three?",), 2)
    assert expanded(content, SHOUTING) == content
