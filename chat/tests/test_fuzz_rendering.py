"""Markdown of hostile pieces: bounded, sanitized, nothing lost, the same in pieces and as a whole."""

import gc
import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.core.citation_search import find
from chat.rendering import TAGS, LiveBlocks, render
from chat.rendering.citation_links import CitationChecker, CitationTable, citation_rows
from chat.rendering.cpu_limit import cpu_limit
from chat.rendering.markdown import MAX_HTML_CHARS, render_blocks
from chat.rendering.notes import NOTES, TOO_COMPLEX
from chat.rendering.rules import environment
from repos.sources import parse_address

pytestmark = [pytest.mark.fuzz, pytest.mark.integration]
SECONDS = 5.0
LINES = {"src/app.py": 20, "src/two words.py": 9, "app/$id.tsx": 9, "ü/中.py": 3}
CHECK = CitationChecker(parse_address("https://github.com/a/b"), "c0ffee", LINES)
# Pieces that show all that they hold.
TEXT = [
    "*",
    "**",
    "_",
    "__",
    "~~",
    "`",
    "``",
    "```",
    "~~~",
    "[",
    "]",
    "(",
    ")",
    "![",
    "<",
    ">",
    "&",
    "\\",
    "|",
    "$",
    "$$",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "#",
    "- ",
    "1. ",
    "> ",
    "  ",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "- [ ] ",
    "- [x] ",
    "---",
    "===",
    "|-|-|\n",
    "|a|b|\n",
    "<br>",
    "<kbd>",
    "</kbd>",
    "<sub>",
    "</sub>",
    "<details>\n",
    "</details>\n",
    "<script>",
    "onclick=",
    "javascript:",
    "<img src=x onerror=1>",
    '"',
    "'",
    "&amp;",
    "&#60;",
    "src/app.py:L3",
    "src/two words.py:L1-L2",
    ":L9",
    ", L5",
    "app/$id.tsx:L1",
    "ü/中.py:2",
    "x^2",
    "\\frac{a}{b}",
    "{",
    "}",
    "\u202e",
    "\u00a0",
    "\x01",
    "É",
    "é",
    "🙂",
    "\r\n",
    "```python\n",
    "```mermaid\n",
    "graph TD\nA[f(x)]-->B\n",
]
# Pieces of which a part is an address: it is not shown.
HIDING = [
    "](",
    "](src/app.py#L3)",
    "](https://e.example)",
    "](javascript:alert(1))",
    "[a]: x\n",
    "<http://a>",
]
word = st.integers(0, 999).map(lambda number: f" w{number:03d} ")
shown_text = st.lists(st.one_of(st.sampled_from(TEXT), word), max_size=60).map("".join)
any_text = st.lists(
    st.one_of(st.sampled_from(TEXT + HIDING), word, st.text(max_size=6)), max_size=60
).map("".join)


class Document(HTMLParser):
    """The tags and the text of HTML, as a browser reads it."""

    def __init__(self, markup):
        super().__init__(convert_charrefs=True)
        self.tags, self.text = [], ""
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


def rendered(text, check=CHECK, *, growing=False):
    table = CitationTable.from_json(citation_rows(text, check))
    env = environment(table, growing=growing)
    with cpu_limit(SECONDS):
        return "".join(block.html for block in render_blocks(text, env, SECONDS / 2))


def is_harmless(tag, attributes):
    href = (attributes.get("href") or "").lower().strip()
    source = attributes.get("src") or ""
    return (
        tag in TAGS
        and not any(name.startswith("on") or name in ("style", "srcset") for name in attributes)
        and not href.startswith(("javascript", "data", "vbscript", "diagram"))
        and (not source or source.startswith(("diagram:", "data:image/svg+xml;base64,")))
    )


@given(any_text)
def test_what_is_rendered_is_harmless_and_bounded(text):
    for growing in (False, True):
        markup = rendered(text, growing=growing)
        assert len(markup) <= MAX_HTML_CHARS
        document = Document(markup)
        assert [tag for tag in document.tags if not is_harmless(*tag)] == []
        assert NOTES[TOO_COMPLEX] not in markup


@given(shown_text)
def test_no_word_gets_lost(text):
    seen = Document(rendered(text)).text
    assert [each for each in re.findall(r"w\d{3}", text) if each not in seen] == []


@pytest.fixture
def no_collection_of_garbage():
    """The limit may end whatever runs, hypothesis's own callback of the collector, too."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection_of_garbage")
@given(st.lists(st.sampled_from(TEXT), max_size=12).map("".join), st.integers(2, 400))
def test_repetition_is_bounded_too(piece, count):
    text = (piece * count)[:16_000]
    assert len(rendered(text)) <= MAX_HTML_CHARS + len(html.escape(text)) + 1_000


@given(any_text)
def test_what_is_cited_exists_or_is_marked(text):
    assert find(text, CHECK) == find(text, CHECK)
    for tag, attributes in Document(rendered(text)).tags:
        if tag == "a" and attributes.get("class") == "cite":
            start, end = int(attributes["data-start"]), int(attributes["data-end"])
            assert 1 <= start <= end <= LINES[attributes["data-path"]]


# What later text may change in blocks that are finished is left out.
whole_text = shown_text.filter(lambda text: "\r" not in text and "\x01" not in text)


@given(whole_text, st.lists(st.integers(1, 40), min_size=1, max_size=8))
@example("|-|-|\n<details>\n", [15])
def test_pieces_end_as_the_whole(text, sizes):
    blocks, shown, position = LiveBlocks(CHECK), {}, 0
    for size in sizes:
        shown |= {
            block.block: block.html for block in blocks.feed(text[position : position + size])
        }
        position += size
    shown |= {block.block: block.html for block in blocks.finish(text[position:])}
    assert "".join(shown[number] for number in sorted(shown)).split() == render(text, CHECK).split()
