"""Diagrams as pictures, drawn by the server in light and dark, with links laid over their nodes."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from chat.rendering import draw_diagram
from chat.rendering.diagram_addresses import with_addresses
from chat.rendering.diagram_themes import in_theme
from chat.rendering.diagrams import packed
from chat.rendering.sanitizer import SVG_DATA_PREFIX
from deepwiki.wiki.content import DiagramBlock, Edge, Node, Origin
from deepwiki.wiki.pages.diagram_source import NotCompilable, mermaid
from deepwiki.wiki.reading.drawing_areas import Area, node_areas, view_box

MAX_ADDRESS_CHARS = 4_000  # proxies refuse addresses over 8 KiB
# Stand in stored HTML for texts in the reader's language.
LABELS = {
    "\ue001": gettext_noop("Enlarge"),
    "\ue002": gettext_noop("Save as SVG"),
    "\ue003": gettext_noop("What it shows"),
    "\ue004": gettext_noop("Solid: found in the code. Dashed, or with “?”: said by the model."),
}
ENLARGE, SAVE, SHOWN, LEGEND = LABELS
Link = Callable[[Node], str]  # the start tag of a link to a node's source; empty without one


@dataclass(frozen=True)
class DrawnDiagram:
    """A diagram that was drawn: the address of each picture, and the SVG of the light one."""

    block: DiagramBlock
    svg: str
    size: Area
    light: str
    dark: str


def drawn(block: DiagramBlock) -> DrawnDiagram | None:
    """The drawing of a diagram; None where none can be made."""
    try:
        source = mermaid(block)
    except NotCompilable:
        return None
    light, dark = in_theme("light", source), in_theme("dark", source)
    svg = draw_diagram(light)
    size = view_box(svg)
    if size is None:
        return None
    return DrawnDiagram(block, svg, size, _address(light, svg), _address(dark, svg))


def figure_html(drawing: DrawnDiagram, link: Link) -> str:
    """The picture with a link over each node that has a source, and what it shows as a list."""
    block = drawing.block
    title = html.escape(block.title)
    name = html.escape(f"{block.title[:60] or 'drawing'}.svg")
    return (
        f'<figure class="diagram wiki-drawing"><div class="drawing">{_pictures(drawing, title)}'
        f"{_areas(drawing, link)}</div>"
        f'<figcaption><span>{title}</span><button type="button" class="quiet"'
        f' data-action="enlarge">{ENLARGE}</button><a class="quiet" href="{drawing.light}"'
        f' download="{name}">{SAVE}</a>{_legend(block)}</figcaption>'
        f"<details><summary>{SHOWN}</summary>{_list(block, link)}</details></figure>"
    )


def _legend(block: DiagramBlock) -> str:
    """How edges of the model are told from those of the code, where there are any."""
    says_more = any(edge.origin is Origin.MODEL for edge in block.edges)
    return f'<span class="soft legend">{LEGEND}</span>' * says_more


def with_labels(text: str) -> str:
    """Stored HTML with the texts of its buttons in the current language."""
    for mark, label in LABELS.items():
        text = text.replace(mark, html.escape(gettext(label)))
    return text


def _address(source: str, svg: str) -> str:
    """The address at which a source is drawn; the light SVG itself for a long one."""
    data = packed(source)
    if len(data) > MAX_ADDRESS_CHARS:
        return SVG_DATA_PREFIX + base64.b64encode(svg.encode()).decode()
    start = '<img src="'
    return with_addresses(f'{start}diagram:{data}"')[len(start) : -1]


def _pictures(drawing: DrawnDiagram, title: str) -> str:
    size = f'width="{drawing.size.width:.0f}" height="{drawing.size.height:.0f}"'
    return "".join(
        f'<img src="{address}" class="{theme}" {size} alt="{title}" loading="lazy">'
        for theme, address in (("in-light", drawing.light), ("in-dark", drawing.dark))
    )


def _areas(drawing: DrawnDiagram, link: Link) -> str:
    """An SVG of the same size with a link for each node."""
    nodes = drawing.block.nodes
    areas = (
        _linked(link(nodes[number]), _area(nodes[number], area))
        for number, area in node_areas(drawing.svg)
        if number < len(nodes)
    )
    inner = "".join(areas)
    return f'<svg viewBox="{drawing.size.view_box}">{inner}</svg>' if inner else ""


def _area(node: Node, area: Area) -> str:
    return f"<title>{html.escape(node.label)}</title><rect {area.attributes}/>"


def _linked(start: str, inner: str) -> str:
    return f"{start}{inner}</a>" if start else ""


def _list(block: DiagramBlock, link: Link) -> str:
    """The edges in words; of a drawing without any, the nodes."""
    nodes = {node.key: node for node in block.nodes}
    items = _edges(block.edges, nodes, link) if block.edges else _nodes(block.nodes, link)
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _nodes(nodes: Iterable[Node], link: Link) -> Iterator[str]:
    return (_name(node, link) for node in nodes)


def _edges(edges: Iterable[Edge], nodes: Mapping[str, Node], link: Link) -> Iterator[str]:
    for edge in edges:
        label = f" {html.escape(edge.label)}" if edge.label else ""
        mark = " ?" if edge.origin is Origin.MODEL else ""
        source, target = _name(nodes[edge.source], link), _name(nodes[edge.target], link)
        yield f"{source} →{label}{mark} {target}"


def _name(node: Node, link: Link) -> str:
    label = html.escape(node.label)
    return _linked(link(node), label) or label
