"""What a page holds, as it is stored."""

import json

import pytest

from deepwiki.wiki.content import (
    DiagramBlock,
    DiagramKind,
    Edge,
    Node,
    Origin,
    PageContent,
    TextBlock,
)

CONTENT = PageContent(
    "How prices are made.",
    (
        TextBlock("## Files\n\n`shop/prices.py:L1-L9`"),
        DiagramBlock(
            DiagramKind.IMPORTS,
            "Imports",
            (Node("a", "prices.py", "shop/prices.py", 1), Node("b", "cart.py", slug="cart")),
            (Edge("b", "a", "uses", Origin.MODEL),),
        ),
    ),
    ("Who uses prices?",),
)


def test_a_page_comes_back_as_it_was_stored():
    assert PageContent.from_json(json.loads(json.dumps(CONTENT.as_json()))) == CONTENT


@pytest.mark.parametrize(
    "broken", [{}, {"summary": "", "blocks": [{"type": "diagram"}]}, {"summary": "", "blocks": 3}]
)
def test_anything_else_is_refused(broken):
    with pytest.raises((KeyError, TypeError, ValueError)):
        PageContent.from_json(broken)
