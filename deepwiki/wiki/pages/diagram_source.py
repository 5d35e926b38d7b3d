"""The Mermaid source of a diagram, its labels escaped whatever they hold.

https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from deepwiki.wiki.content import DiagramBlock, DiagramKind, Edge, Origin
from deepwiki.wiki.pages.escaping import one_line

MAX_LABEL_CHARS = 60
MAX_SOURCE_CHARS = 6_000  # more is not drawn
# Kept as they are in a quoted label; everything else of ASCII becomes an entity.
UNSAFE = re.compile(r"[^\w\s./,()?!+*'-]")
MESSAGE_SIGNS = str.maketrans({";": ",", "#": "\uff03", "<": "\u2039", ">": "\u203a"})


class NotCompilable(ValueError):
    """A diagram without nodes, with an edge to none of them, or too large."""


def mermaid(diagram: DiagramBlock) -> str:
    """The source of a diagram. Raises NotCompilable."""
    keys = {node.key: f"n{number}" for number, node in enumerate(diagram.nodes)}
    if not keys or len(keys) < len(diagram.nodes) or not _ends(diagram) <= keys.keys():
        raise NotCompilable(diagram.title)
    source = "\n".join(COMPILERS.get(diagram.kind, _flowchart)(diagram, keys))
    if len(source) > MAX_SOURCE_CHARS:
        raise NotCompilable(diagram.title)
    return source


def drawable(diagram: DiagramBlock | None) -> DiagramBlock | None:
    """The diagram itself; None for one without a source."""
    if diagram is None:
        return None
    try:
        mermaid(diagram)
    except NotCompilable:
        return None
    return diagram


def _ends(diagram: DiagramBlock) -> set[str]:
    return {end for edge in diagram.edges for end in (edge.source, edge.target)}


def _flowchart(diagram: DiagramBlock, keys: Mapping[str, str]) -> Iterator[str]:
    # Parts that use one another are read from top to bottom, files that do from left to right.
    yield "flowchart TD" if diagram.kind is DiagramKind.PARTS else "flowchart LR"
    for node in diagram.nodes:
        yield f'  {keys[node.key]}["{_label(node.label)}"]'
    for edge in diagram.edges:
        arrow = "-.->" if edge.origin is Origin.MODEL else "-->"
        yield f"  {keys[edge.source]} {arrow}{_edge_label(edge)} {keys[edge.target]}"


def _edge_label(edge: Edge) -> str:
    return f'|"{_label(edge.label)}"|' if edge.label else ""


def _classes(diagram: DiagramBlock, keys: Mapping[str, str]) -> Iterator[str]:
    """A base above its heirs."""
    yield "classDiagram"
    for node in diagram.nodes:
        yield f'  class {keys[node.key]}["{_label(node.label)}"]'
    for edge in diagram.edges:
        yield f"  {keys[edge.target]} <|-- {keys[edge.source]}"


def _sequence(diagram: DiagramBlock, keys: Mapping[str, str]) -> Iterator[str]:
    yield "sequenceDiagram"
    for node in diagram.nodes:
        yield f"  participant {keys[node.key]} as {_label(node.label)}"
    for edge in diagram.edges:
        yield _message(edge, keys)


def _message(edge: Edge, keys: Mapping[str, str]) -> str:
    arrow = "-->>" if edge.origin is Origin.MODEL else "->>"
    return f"  {keys[edge.source]}{arrow}{keys[edge.target]}: {_message_text(edge.label)}"


def _message_text(text: str) -> str:
    """As it is written: entities are not read there, and these signs would end a message."""
    return one_line(text, MAX_LABEL_CHARS).translate(MESSAGE_SIGNS) or "?"


def _label(text: str) -> str:
    return UNSAFE.sub(_entity, one_line(text, MAX_LABEL_CHARS)) or "?"


def _entity(match: re.Match[str]) -> str:
    return f"#{ord(match[0])};"


COMPILERS = {DiagramKind.CLASSES: _classes, DiagramKind.SEQUENCE: _sequence}
