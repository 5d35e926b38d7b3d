"""Pages translated by a model: code, citations and links come back as they were, or stay."""

from __future__ import annotations

import re

import pytest

from deepwiki.testing.growth import LINEAR, growth
from deepwiki.wiki.content import DiagramBlock, DiagramKind, Edge, Node, PageContent, TextBlock
from deepwiki.wiki.translation.markdown_pieces import has_same_parts, pieces
from deepwiki.wiki.translation.model_translation import (
    BATCH_TEXTS,
    TranslatedPage,
    batches,
    translate_page,
)

MARKDOWN = """## How it works

`Cart` adds prices, see `shop/cart.py:L4-L9` and [Prices](wiki:prices).

```python
def total():  # a comment that stays
    return 1
```

| Part | What it is |
| --- | --- |
| [Prices](wiki:prices) | What things cost |

- First, it is asked at https://shop.example/ask
- Then it is paid

`shop/cart.py:L4`
"""
CONTENT = PageContent(
    "What `Cart` does.",
    (
        TextBlock(MARKDOWN),
        DiagramBlock(
            DiagramKind.PARTS,
            "The parts",
            (Node("a", "Cart", "shop/cart.py", 1), Node("b", "Prices")),
            (Edge("a", "b"),),
        ),
    ),
    ("Who calls `Cart`?",),
    1,
)


def parts_of(text):
    """The numbered parts of a request."""
    found = re.split(r"^\[\[(\d+)\]\]\n", text, flags=re.MULTILINE)
    return {int(n): part.strip("\n") for n, part in zip(found[1::2], found[2::2], strict=True)}


def answering(translate):
    """A model that translates each part by a function."""

    def ask(instructions, text):
        assert "French" in instructions
        return "\n\n".join(f"[[{n}]]\n{translate(part)}" for n, part in parts_of(text).items())

    return ask


def french(text):
    """Prose in capitals, everything else as it was."""
    keep = re.compile(r"(`[^`]*`|\]\([^)]*\)|https?://\S+)")
    return "".join(
        part if keep.fullmatch(part) else part.upper() for part in keep.split(text) if part
    )


def translated(ask, content=CONTENT) -> TranslatedPage:
    return translate_page("The cart", content, "French", ask)


def test_a_page_is_translated_around_its_code_and_its_links():
    page = translated(answering(french))
    assert page.untranslated == 0
    assert page.title == "THE CART"
    assert page.content.summary == "WHAT `Cart` DOES."
    assert page.content.questions == ("WHO CALLS `Cart`?",)
    text, drawing = page.content.blocks
    assert "`Cart` ADDS PRICES, SEE `shop/cart.py:L4-L9` AND [PRICES](wiki:prices)." in (
        text.markdown
    )
    assert "def total():  # a comment that stays\n    return 1\n```" in text.markdown
    assert "| [PRICES](wiki:prices) | WHAT THINGS COST |" in text.markdown
    assert "HTTPS" not in text.markdown
    assert drawing.title == "THE PARTS"
    assert [node.label for node in drawing.nodes] == ["Cart", "Prices"]
    assert page.content.left_out_diagrams == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("L4-L9", "L4-L8"),
        lambda text: text.replace("`shop/cart.py:L4-L9`", "shop/cart.py:L4-L9"),
        lambda text: text.replace("wiki:prices", "wiki:mail"),
        lambda text: text.replace("(wiki:prices)", ""),
        lambda text: f"{text} `os.remove`",
        lambda text: f"{text} https://evil.example",
        lambda text: f"{text} <script>alert(1)</script>",
        lambda text: f"# {text}",
        lambda text: f"{text}\n\nAnd one more.",
        lambda text: f"{text}\n```\nrm -rf\n```",
        lambda text: text * 9,
        lambda text: " ",
    ],
)
def test_a_paragraph_that_comes_back_otherwise_stays_and_is_counted(change):
    paragraph = "`Cart` adds prices, see `shop/cart.py:L4-L9` and [Prices](wiki:prices)."
    page = translated(answering(lambda text: change(text) if text == paragraph else french(text)))
    assert page.untranslated == 1
    assert paragraph in page.content.blocks[0].markdown
    assert "## HOW IT WORKS" in page.content.blocks[0].markdown


def test_a_table_keeps_its_rows_and_cells():
    table = "| A | B |\n| --- | --- |\n| one | two |"
    assert has_same_parts(table, "| Á | B |\n| --- | --- |\n| uno | dos |")
    assert not has_same_parts(table, "| A | B |\n| --- | --- |\n| one | two | three |")
    assert not has_same_parts(table, "| A | B |\n| --- | --- |")


@pytest.mark.parametrize(
    "answer",
    ["", "No.", "[[1]]", "[[99]]\nx", "[[1]]\nA\n[[1]]\nB", "[[0]]\nx", "[[1]]\n[[2]]\n[[3]]"],
)
def test_an_answer_without_the_parts_leaves_the_page_as_it_is(answer):
    page = translated(lambda instructions, text: answer)
    assert page.content == CONTENT
    assert page.untranslated > 5


def test_a_text_that_looks_like_a_mark_is_not_sent():
    content = PageContent("One.", (TextBlock("[[2]]\nand more"),))
    sent = []
    page = translated(lambda instructions, text: sent.append(text) or "", content)
    assert "and more" not in sent[0]
    assert page.content == content


def test_a_text_is_asked_for_once():
    content = PageContent("Same.", (TextBlock("Same.\n\nSame."),), ("Same.",))
    sent = []

    def ask(instructions, text):
        sent.append(text)
        return "[[1]]\nAutre.\n\n[[2]]\nLe même."

    page = translated(ask, content)
    assert sent == ["[[1]]\nThe cart\n\n[[2]]\nSame."]
    assert page.content.blocks[0].markdown == "Le même.\n\nLe même."


def test_requests_are_bounded():
    assert [len(batch) for batch in batches(["a"] * (BATCH_TEXTS + 1))] == [BATCH_TEXTS, 1]
    assert [len(batch) for batch in batches(["a" * 5_000] * 3)] == [1, 1, 1]


@pytest.mark.parametrize("unit", ["`", "` a ``", "[a](", "| a ", "# ", "```\n", "<a ", "> "])
def test_hostile_paragraphs_take_linear_time(unit):
    def run(size):
        text = unit * size
        list(pieces(text))
        has_same_parts(text, text)

    assert growth(run, 40_000) < LINEAR
