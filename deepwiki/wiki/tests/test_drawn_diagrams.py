"""Every diagram of pages made from code is drawn by the renderer of the pages."""

import re

import pytest

from chat.rendering.service import draw_diagram
from deepwiki.wiki.content import DiagramBlock, DiagramKind, Edge, Node, Origin
from deepwiki.wiki.pages import NotCompilable, mermaid, write_page
from deepwiki.wiki.tests.memory_index import MemoryIndex
from deepwiki.wiki.tests.test_pages import FILES, PLAN

pytestmark = pytest.mark.integration
NASTY = [
    'a"b',
    "a]b[c(d){e}",
    "end",
    "x; y --> z",
    "<script>alert(1)</script>",
    "%%{init: {}}%%",
    "a`b`",
    "naïve 日本語",
    "a|b",
    "#quot;",
    "click n0 href",
    "\\n",
    "\u202e",
]


@pytest.mark.parametrize("slug", ["overview", "selling", "code-map"])
def test_the_diagrams_of_pages_are_drawn(slug):
    index = MemoryIndex(FILES)
    content = write_page(PLAN.by_slug[slug], PLAN, index.code, index)
    diagrams = [block for block in content.blocks if isinstance(block, DiagramBlock)]
    assert diagrams and content.left_out_diagrams == 0
    for diagram in diagrams:
        drawing = draw_diagram(mermaid(diagram))
        for node in diagram.nodes:
            assert node.label in drawing


@pytest.mark.parametrize("kind", DiagramKind)
def test_labels_are_drawn_whatever_they_hold(kind):
    nodes = [Node(f"k{number}", label) for number, label in enumerate(NASTY)]
    edges = [
        Edge("k0", node.key, label, origin)
        for node, label, origin in zip(
            nodes[1:], NASTY, [Origin.CODE, Origin.MODEL] * 9, strict=False
        )
    ]
    drawing = draw_diagram(mermaid(DiagramBlock(kind, "Nasty", tuple(nodes), tuple(edges))))
    shown = "".join(re.findall(r">([^<>]+)<", drawing))
    assert "<script" not in drawing
    for word in ("end", "alert(1)", "naïve", "日本語", "a|b"):
        assert word in shown


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        ((), ()),
        ((Node("a", "A"),), (Edge("a", "b"),)),
        ((Node("a", "A"), Node("a", "B")), ()),
        (tuple(Node(f"k{n}", "x" * 60) for n in range(200)), ()),
    ],
)
def test_a_diagram_that_cannot_be_made_is_refused(nodes, edges):
    with pytest.raises(NotCompilable):
        mermaid(DiagramBlock(DiagramKind.CALLS, "Broken", nodes, edges))
