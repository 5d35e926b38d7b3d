"""Markdown to HTML that cannot hurt, whole or in pieces."""

import time
from html.parser import HTMLParser

import pytest

from chat.rendering import TAGS, LiveBlocks, render
from chat.rendering.citation_links import CitationChecker
from deepwiki.testing.growth import LINEAR, growth
from repos.sources import parse_address

pytestmark = pytest.mark.integration  # a worker process renders

EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>)",
    "![i](https://evil.example/a.png)",
    "<svg/onload=alert(1)>",
    "```<script>\nalert(1)\n```",
    "`<img src=x onerror=1>`",
    "$\\href{javascript:alert(1)}{x}$",
    "<a href='javascript:x'>y</a>",
    "[a]: javascript:alert(1)\n[a]",
    "<iframe src=//evil>",
    "| <img src=x onerror=1> |\n|---|\n| x |",
    "<style>*{}</style>",
    '`a.py" onclick="x:L1-L2`',
    "<math><mtext><script>x</script></mtext></math>",
    "<!-- --><b onmouseover=x>",
    "&#x3C;script&#x3E;",
    "\u202e<script>",
]


class Tags(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.seen = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))


def alive(html):
    """Everything in `html` that could run or load something."""
    return [
        (tag, attributes)
        for tag, attributes in Tags(html).seen
        if tag not in TAGS
        or any(name.startswith("on") or name in ("src", "style", "srcset") for name in attributes)
        or (attributes.get("href") or "").lower().startswith(("javascript", "data", "vbscript"))
    ]


@pytest.mark.parametrize("text", EVIL)
def test_nothing_evil_comes_through(text):
    assert alive(render(text)) == []


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.parametrize("size", [1, 3, 7])
def test_pieces_end_the_same_as_the_whole(text, size):
    text = f"Before\n\n{text}\n\nAfter\n"
    blocks, shown = LiveBlocks(), {}
    for at in range(0, len(text), size):
        for block in blocks.feed(text[at : at + size]):
            shown[block.block] = block.html
            assert alive(block.html) == []
    shown |= {block.block: block.html for block in blocks.finish()}
    if "[a]:" not in text:
        assert "".join(shown[number] for number in sorted(shown)).split() == render(text).split()


def test_what_people_write_looks_as_they_mean_it():
    html = render(
        "# Title\n\n- [x] done\n- [ ] open\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nx = 1\n```\n\n~~old~~ $x^2$ `app.py:L3-L9`\n"
    )
    assert "<h3>" in html
    assert 'type="checkbox"' in html
    assert "<table>" in html
    assert 'data-language="python"' in html
    assert "<s>" in html
    assert "<msup>" in html
    assert 'data-path="app.py"' in html
    assert "app.py 3–9" in html


def test_an_outside_link_shows_its_host_and_leaks_nothing():
    html = render("[docs](https://example.org/a)")
    assert 'rel="noopener noreferrer"' in html
    assert 'title="example.org"' in html


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("> ", 5_000),
        ("[", 5_000),
        ("*", 5_000),
        ("`", 5_000),
        ("- ", 3_000),
        ("|", 5_000),
        ("$", 3_000),
        ("![", 3_000),
    ],
)
def test_deep_markdown_takes_linear_time(text, size):
    assert growth(lambda size: render(text * size), size) < LINEAR


def test_the_cost_of_a_growing_answer_stays_linear():
    paragraph = "A paragraph of an answer with `code` and **weight**.\n\n"

    def feed(count):
        blocks = LiveBlocks()
        for _ in range(count):
            for at in range(0, len(paragraph), 10):
                blocks.feed(paragraph[at : at + 10])

    assert growth(feed, 80) < LINEAR


def test_a_rendering_that_took_long_does_not_hold_the_next_one_up_for_longer_than_readers_wait():
    class SlowCheck(CitationChecker):
        def __call__(self, citation):
            time.sleep(0.7)
            return super().__call__(citation)

    blocks = LiveBlocks(SlowCheck(parse_address("https://github.com/o/r"), "c0ffee", {"a.py": 3}))
    blocks.feed("See `a.py:L1-L2`, ")
    assert 0.2 < blocks.delay() <= 2.5


DIAGRAM = "```mermaid\nflowchart LR\n a --> b\n```\n"


def test_a_diagram_is_drawn_when_it_is_whole_and_keeps_its_source():
    blocks = LiveBlocks()
    growing = [b.html for b in blocks.feed("```mermaid\nflowchart LR\n a --> b\n")]
    assert "<img" not in "".join(growing)
    drawn = "".join(b.html for b in [*blocks.feed("```\n"), *blocks.finish()])
    assert '<img src="/diagrams/' in drawn and "a --&gt; b" in drawn
    assert render(DIAGRAM) in drawn


def test_a_diagram_that_is_whole_when_text_behind_it_comes_with_it_is_drawn():
    html = [block.html for block in LiveBlocks().feed(f"{DIAGRAM}\nThen text goes on")]
    assert "<img" in html[0] and "Then text" in html[-1]


def test_what_is_no_diagram_or_far_too_large_is_shown_as_it_is():
    for source in (
        "no diagram at all",
        "flowchart LR\n" + "\n".join(f"n{i} --> n{i + 1}" for i in range(2_000)),
        "",
    ):
        html = render(f"```mermaid\n{source}\n```\n")
        assert "<img" not in html
        assert source[:20].strip().replace(">", "&gt;") in html


def test_pictures_and_data_addresses_of_others_are_left_out():
    html = render(
        "[x](data:text/html;base64,PHNjcmlwdD4=) ![y](data:image/svg+xml;base64,PHN2Zz4=)"
    )
    assert "<img" not in html and "<a" not in html


def test_citations_are_looked_up_from_when_the_check_is_known():
    from chat.rendering.citation_links import CitationChecker
    from repos.sources import parse_address

    blocks = LiveBlocks()
    blocks.check = CitationChecker(parse_address("https://github.com/a/b"), "", {"a.py": 3})
    html = "".join(b.html for b in [*blocks.feed("`a.py:L3` and `a.py:L4`"), *blocks.finish()])
    assert (html.count('<a class="cite"'), html.count("unverified")) == (1, 1)


def test_quoted_code_names_its_place():
    html = render("```python shop/prices.py:L3-L9\nx = 1\n```\n")
    assert 'class="cite"' in html and "prices.py 3–9" in html


def test_a_diagram_is_drawn_as_soon_as_the_next_block_has_begun():
    text = "Intro\n\n```mermaid\nflowchart LR\n  a --> b\n```\n\nWhat follows"
    drawn, following = [block.html for block in LiveBlocks().feed(text)][-2:]
    assert "<img" in drawn
    assert "What follows" in following
