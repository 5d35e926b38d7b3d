"""Pages made from the code of a small repository, without a language model."""

from __future__ import annotations

import re

import pytest

from deepwiki.wiki.content import DiagramBlock, PageContent, TextBlock
from deepwiki.wiki.pages import markdown, mermaid, write_page
from deepwiki.wiki.pages.builder import MAX_PAGE_CHARS
from deepwiki.wiki.plan import PageKind, PlannedPage, UncoveredFile, WikiPlan
from deepwiki.wiki.tests.memory_index import MemoryIndex

README = """# Shop

Shop sells [fruit](https://fruit.example) to people who pay for it.

<script>alert(1)</script>

## Installation

```
$ pip install shop
```
"""
FILES = {
    "README.md": README,
    "pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n',
    "Makefile": "test:\n\tpython -m pytest\n\nrelease:\n\ttwine upload dist/*\n",
    "shop/__init__.py": "",
    "shop/cli.py": '''"""The command of the shop."""
import os

from shop.cart import Cart, total


def main():
    """Sell what is asked for."""
    cart = Cart()
    cart.add(os.environ["SHOP_FRUIT"])
    cart.check()
    return total(cart)
''',
    "shop/cart.py": '''"""Carts and what they cost. They hold fruit."""
from shop.prices import Price, price_of


class Base:
    """What can be added to."""


class Cart(Base):
    """What a person
    wants to buy."""

    def __init__(self):
        self.items = []

    def add(self, item):
        """Put one more in."""
        self.items.append(item)

    def check(self):
        """Refuse an empty cart."""
        if not self.items:
            raise ValueError

    def clear(self):
        self.items = []


def total(cart):
    """What a cart costs."""
    return sum(price_of(item) for item in cart.items)
''',
    "shop/prices.py": '''"""Prices of fruit."""


class Price(int):
    """A price in cents."""


def price_of(item):
    """The price of an item."""
    return Price(len(item))
''',
    "tests/test_cart.py": "from shop.cart import Cart\n\n\ndef test_cart():\n    Cart().add(1)\n",
}
SELLING = PlannedPage("selling", PageKind.PART, "Selling", ("shop/cli.py", "shop/cart.py"))
PRICES = PlannedPage("prices", PageKind.PART, "Prices", ("shop/prices.py",))
PLAN = WikiPlan(
    [
        PlannedPage("overview", PageKind.OVERVIEW, "Overview"),
        SELLING,
        PRICES,
        PlannedPage("setup", PageKind.GUIDE, "Setup", topic="setup"),
        PlannedPage("build", PageKind.GUIDE, "Build and test", topic="build"),
        PlannedPage("release", PageKind.GUIDE, "Release", topic="release"),
        PlannedPage("configuration", PageKind.GUIDE, "Configuration", topic="configuration"),
        PlannedPage("api", PageKind.REFERENCE, "Public API", topic="api"),
        PlannedPage("commands", PageKind.REFERENCE, "Commands", topic="commands"),
        PlannedPage("settings", PageKind.REFERENCE, "Settings", topic="settings"),
        PlannedPage("routes", PageKind.REFERENCE, "Routes", topic="routes"),
        PlannedPage("data", PageKind.REFERENCE, "Data model", topic="data_model"),
        PlannedPage("glossary", PageKind.GLOSSARY, "Glossary"),
        PlannedPage("code-map", PageKind.CODE_MAP, "Code map"),
    ],
    [UncoveredFile("shop/made.py", "generated")],
)
CITATION = re.compile(r"`([^`\s]+?):L(\d+)(?:-L(\d+))?`")


@pytest.fixture(scope="module")
def index():
    return MemoryIndex(FILES)


def page(index: MemoryIndex, slug: str) -> PageContent:
    return write_page(PLAN.by_slug[slug], PLAN, index.code, index)


def text_of(index: MemoryIndex, slug: str) -> str:
    return markdown(page(index, slug), PLAN.by_slug[slug].title)


def test_the_overview_says_what_its_readme_says_and_where_to_begin(index):
    text = text_of(index, "overview")
    assert page(index, "overview").summary == "Shop sells fruit to people who pay for it."
    assert text.startswith(
        "# Overview\n\nShop sells fruit to people who pay for it.\n\n`README.md:L3`"
    )
    assert "4 files of shop are code (Python), 57 lines; 1 is a test." in text
    assert "| [Selling](wiki:selling) | Carts and what they cost. They hold fruit. | 2 |" in text
    assert "| `shop` | command | `shop.cli:main` | `pyproject.toml:L4` |" in text
    assert "| `make test` | `python -m pytest` | `Makefile:L1` |" in text
    assert "3 of 4 source files are described by a page. Left out: 1 generated." in text


def test_a_part_says_what_it_holds_who_uses_it_and_what_it_uses(index):
    text = text_of(index, "prices")
    assert text.startswith("# Prices\n\nPrices of fruit.\n\n`shop/prices.py:L1`\n\n")
    assert text.count("Prices of fruit.") == text.count("| Prices of fruit.") + 1
    assert "1 file, 11 lines: Python." in text
    assert "| `price_of` | The price of an item. | `shop/prices.py:L8-L10` |" in text
    assert "| [Selling](wiki:selling) | 1 | `shop/prices.py` |" in text
    assert "It uses no other part of the repository." in text


def test_a_comment_is_read_to_the_end_of_its_sentence(index):
    text = text_of(index, "selling")
    assert "| `Cart` | What a person wants to buy. | `shop/cart.py:L9-L26` |" in text
    assert "Its 3 members, the most used first: `add`, `check` and `clear`." in text
    assert "`tests/test_cart.py`" in text
    assert "| `SHOP_FRUIT` | `shop/cli.py:L10` |" in text


def test_diagrams_come_from_the_code(index):
    diagrams = {
        block.kind.value: block
        for block in page(index, "selling").blocks
        if isinstance(block, DiagramBlock)
    }
    assert mermaid(diagrams["classes"]).split("\n") == [
        "classDiagram",
        '  class n0["Cart"]',
        '  class n1["Base"]',
        "  n1 <|-- n0",
    ]
    assert mermaid(diagrams["sequence"]).split("\n") == [
        "sequenceDiagram",
        "  participant n0 as cli.py",
        "  participant n1 as Cart",
        "  participant n2 as cart.py",
        "  participant n3 as prices.py",
        "  n0->>n1: Cart",
        "  n0->>n1: add",
        "  n0->>n1: check",
        "  n0->>n2: total",
        "  n2->>n3: price_of",
    ]


def test_a_guide_quotes_documents_and_lists_commands(index):
    setup = text_of(index, "setup")
    assert "### Installation · `README.md:L7-L10`\n\n```bash\n$ pip install shop\n```" in setup
    assert "| `make release` | `twine upload dist/*` | `Makefile:L4` |" in text_of(index, "release")
    assert "`tests/`" in text_of(index, "build")
    assert "`SHOP_FRUIT`" in text_of(index, "configuration")


def test_references_list_what_there_is(index):
    assert "| `total(cart)` | What a cart costs. |" in text_of(index, "api")
    assert "| `shop` | command |" in text_of(index, "commands")
    assert "1 setting that shop reads or declares." in text_of(index, "settings")
    assert "Nothing about this was found" in text_of(index, "routes")


def test_the_glossary_names_types_with_their_pages(index):
    text = text_of(index, "glossary")
    assert (
        "| `Cart` | What a person wants to buy. | `shop/cart.py:L9-L26` · [Selling](wiki:selling) |"
        in text
    )
    assert text.index("`Base`") < text.index("`Cart`") < text.index("`Price`")


def test_a_code_map_quotes_lines_that_are_there(index):
    blocks = [b for b in page(index, "code-map").blocks if isinstance(b, TextBlock)]
    for block in blocks:
        quoted = re.search(
            r"```python\n(.*?)\n```\n\n`([^:`]+):L(\d+)-L(\d+)`", block.markdown, re.DOTALL
        )
        path, start, end = quoted[2], int(quoted[3]), int(quoted[4])
        assert quoted[1] == "\n".join(FILES[path].split("\n")[start - 1 : end])
    assert [re.match(r"## \d+\. (.*)", block.markdown)[1] for block in blocks] == [
        "`main`",
        "`Cart`",
        "`Cart.add`",
        "`Cart.check`",
        "`total`",
        "`price_of`",
        "`Price`",
    ]


@pytest.mark.parametrize("slug", PLAN.by_slug)
def test_every_citation_is_within_its_file(index, slug):
    for path, start, end in CITATION.findall(text_of(index, slug)):
        lines = FILES[path].count("\n") + 1
        assert 1 <= int(start) <= int(end or start) <= lines


@pytest.mark.parametrize("slug", PLAN.by_slug)
def test_a_page_is_the_same_each_time(index, slug):
    other = MemoryIndex(dict(reversed(FILES.items())))
    assert page(index, slug) == page(other, slug)
    assert "<script" not in text_of(index, slug)
    assert len(text_of(index, slug)) < MAX_PAGE_CHARS


def test_a_page_is_read_in_few_calls(index):
    index.calls_made.clear()
    page(index, "selling")
    assert max(index.calls_made.values()) < 20


def test_a_part_without_a_program_lists_its_files_and_no_uses(index):
    files = {**FILES, "deploy/app.yaml": "name: shop\n", "deploy/db.yaml": "size: 3\n"}
    part = PlannedPage("deploy", PageKind.PART, "Deploy", ("deploy/app.yaml", "deploy/db.yaml"))
    plan = WikiPlan([*PLAN.pages, part])
    other = MemoryIndex(files)
    text = markdown(write_page(part, plan, other.code, other), part.title)
    assert "Deploy holds `app.yaml` and `db.yaml`." in text
    assert "`deploy/app.yaml`" in text
    assert "Who uses it" not in text and "Tests that touch it" not in text


def test_sentences_and_boxes_name_a_part_without_what_a_long_title_says_of_it():
    long = PlannedPage("sans", PageKind.PART, "Sansio: what other frameworks can use as well")
    assert long.short_title == "Sansio"
    assert PlannedPage("web", PageKind.PART, "Chat: web").short_title == "Chat: web"
    assert PlannedPage("all", PageKind.PART, "A" * 60).short_title == "A" * 60
