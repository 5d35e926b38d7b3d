"""Why a source was found, in words; and the groups of an answer of search alone."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from chat.core.prompt import Prompt, PromptPassage
from chat.core.retrieval_events import _item
from chat.providers.search_only import SENTENCES, SearchOnly
from chat.web.ui_strings import MATCH_REASONS, javascript_strings, match_reason

STORED = {"path": "a.py", "start": 1, "end": 2, "symbol": "f", "url": "#"}


def source_html(**source):
    return " ".join(render_to_string("chat/source_item.html", {"source": STORED | source}).split())


def test_a_linked_source_names_the_file_that_led_to_it():
    assert "used by shop/cart.py" in source_html(why="used", via="shop/cart.py")
    assert "tested by &lt;b&gt;" in source_html(why="tested", via="<b>")
    assert "uses what you asked about" in source_html(why="uses", via="shop/cart.py")


@pytest.mark.parametrize("why", ["named", "words", "meaning", "both"])
def test_a_source_stored_before_there_were_links_is_shown_as_ever(why):
    assert MATCH_REASONS[why] in source_html(why=why)
    assert "used by" not in source_html(why="something else")


def test_braces_in_a_path_are_no_placeholder():
    assert match_reason("used", "{0}{path}{x}.py") == "used by {0}{path}{x}.py"


def test_the_page_script_has_the_same_sentences_in_every_language():
    with translation.override("fr"):
        assert javascript_strings()["matchReasons"]["used"] == "utilisé par {path}"
        assert match_reason("used", "a.py") == "utilisé par a.py"


def test_the_event_carries_the_reason_and_the_file():
    passage = PromptPassage("a.py", 1, 2, "x", match_reason="used", via="b.py")
    assert (_item(1, passage)["why"], _item(1, passage)["via"]) == ("used", "b.py")


def passage(path, reason="words", role="code"):
    return PromptPassage(path, 1, 2, "x = 1", "python", match_reason=reason, role=role)


async def answer(*passages, language="en"):
    prompt = Prompt("", (), passages, "q", language)
    return "".join([piece.text async for piece in SearchOnly().stream(prompt, None)])


def order(text, *parts):
    places = [text.index(part) for part in parts]
    return places == sorted(places)


async def test_an_answer_of_search_alone_is_grouped():
    text = await answer(
        passage("docs/a.md", role="docs"),
        passage("used.py", "uses"),
        passage("tests/test_a.py", "test", "test"),
        passage("definition.py", "defined"),
    )
    assert order(
        text,
        "### Defined here",
        "4. `definition.py:",
        "### Used here",
        "2. `used.py:",
        "### Tests",
        "3. `tests/test_a.py:",
        "### Documents",
        "1. `docs/a.md:",
    )


async def test_without_a_definition_nothing_claims_to_use_it():
    text = await answer(passage("a.py"), passage("docs/a.md", role="docs"))
    assert order(text, "### In the code", "1. `a.py:", "### Documents")
    assert "Used here" not in text


async def test_passages_of_one_kind_have_no_headings():
    assert "###" not in await answer(passage("a.py"), passage("b.py", "both"))


async def test_headings_are_in_the_answers_language():
    passages = passage("a.py", "defined"), passage("tests/test_a.py", role="test")
    assert "### Défini ici" in await answer(*passages, language="fr")
    for sentences in SENTENCES.values():
        assert set(sentences) == set(SENTENCES["en"])
