"""Slides from the JSON of a model.

`{"slides": [{"title", "bullets": [{"text", "path", "start", "end"}], "notes"}]}`, where
instead of `bullets` there may be `quote` (`path`, `start`, `end`) or `diagram` (`title`, `nodes`:
`key`, `label`, `path`, `line`, `edges`: `source`, `target`, `label`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deepwiki.wiki.content import DiagramBlock, DiagramKind, Edge, Node, Origin, PageContent
from deepwiki.wiki.lessons.checked_json import (
    MAX_TITLE_CHARS,
    CheckedFiles,
    Item,
    NotUsable,
    a_number,
    a_text,
    an_object,
    items_of,
    objects,
    paragraphs,
    words,
)
from deepwiki.wiki.pages.diagram_source import drawable
from deepwiki.wiki.pages.escaping import one_line
from deepwiki.wiki.pages.slide import (
    MAX_BULLETS,
    MAX_QUOTED_LINES,
    Bullet,
    Quote,
    Slide,
    slide_blocks,
)

MAX_NODES, MAX_EDGES = 16, 24
MAX_LABEL_CHARS = 60
MAX_LINE = 10_000_000


def slides_from_json(text: str, files: CheckedFiles, summary: str) -> PageContent:
    """The page of the slides that can be used. Raises NotUsable for JSON without any.

    Bullets without lines that exist, and drawings that cannot be made, are left out and counted
    in `files.left_out`.
    """
    slides = [_slide(item, files) for item in items_of(text, "slides")]
    blocks = slide_blocks(slide for slide in slides if slide.title)
    if not blocks:
        raise NotUsable("no slide that shows anything")
    return PageContent(one_line(summary, 300), blocks, left_out_diagrams=files.undrawn)


def _slide(item: Item, files: CheckedFiles) -> Slide:
    title = words(item.get("title"), MAX_TITLE_CHARS)
    return Slide(
        title,
        tuple(_bullets(item, files)),
        _diagram(an_object(item.get("diagram")), files),
        _quote(an_object(item.get("quote")), files),
        paragraphs(item.get("notes")),
    )


def _bullets(item: Item, files: CheckedFiles) -> Iterator[Bullet]:
    for each in [*objects(item.get("bullets"))][:MAX_BULLETS]:
        bullet = Bullet(words(each.get("text")), files.citation(each))
        if bullet.text and bullet.citation:
            yield bullet
        else:
            files.refuse()


def _quote(item: Item, files: CheckedFiles) -> Quote | None:
    citation = files.citation(item)
    if citation:
        return Quote(files.quoted(item, MAX_QUOTED_LINES), citation)
    if item:
        files.refuse()
    return None


def _diagram(item: Item, files: CheckedFiles) -> DiagramBlock | None:
    """The drawing, if it can be made and the files of its nodes exist."""
    if not item:
        return None
    nodes = _nodes(item)
    title = one_line(a_text(item.get("title")), MAX_TITLE_CHARS)
    block = DiagramBlock(DiagramKind.PARTS, title, nodes, tuple(_edges(item, nodes)))
    if _exist(nodes, files) and drawable(block):
        return block
    files.refuse_drawing()
    return None


def _nodes(item: Item) -> tuple[Node, ...]:
    """The boxes, one of a key."""
    nodes = {node.key: node for node in map(_node, objects(item.get("nodes"))) if node.key}
    return tuple(nodes.values())[:MAX_NODES]


def _edges(item: Item, nodes: Sequence[Node]) -> list[Edge]:
    """The arrows between boxes that there are."""
    keys = {node.key for node in nodes}
    found = map(_edge, objects(item.get("edges")))
    return [edge for edge in found if {edge.source, edge.target} <= keys][:MAX_EDGES]


def _exist(nodes: Sequence[Node], files: CheckedFiles) -> bool:
    return all(node.path in files.texts for node in nodes if node.path)


def _node(item: Item) -> Node:
    return Node(
        one_line(a_text(item.get("key")), MAX_LABEL_CHARS),
        one_line(a_text(item.get("label")), MAX_LABEL_CHARS),
        a_text(item.get("path")),
        min(max(a_number(item.get("line")), 0), MAX_LINE),
    )


def _edge(item: Item) -> Edge:
    names = [one_line(a_text(item.get(key)), MAX_LABEL_CHARS) for key in ("source", "target")]
    label = one_line(a_text(item.get("label")), MAX_LABEL_CHARS)
    return Edge(names[0], names[1], label, Origin.MODEL)
