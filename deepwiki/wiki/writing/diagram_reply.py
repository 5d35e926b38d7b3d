"""Diagrams that a model returned as JSON, checked against the files and links of an index. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from deepwiki.wiki.content import DiagramBlock, DiagramKind, Edge, Node, Origin
from deepwiki.wiki.pages.diagram_parts import MAX_EDGES, MAX_LABEL_CHARS, MAX_NODES
from deepwiki.wiki.pages.diagram_source import NotCompilable, mermaid
from deepwiki.wiki.plan import CodeBase, FileLink, LinkKind
from deepwiki.wiki.writing.json_reply import dicts, json_object, text_of

MAX_TITLE_CHARS = 100
MAX_PATH_CHARS = 1_000
ANY_LINK = LinkKind.IMPORT | LinkKind.CALL | LinkKind.INHERIT | LinkKind.USE | LinkKind.TEST
# Which links of the graph say what an edge of a kind says.
LINKS: Mapping[DiagramKind, LinkKind] = {
    DiagramKind.IMPORTS: LinkKind.IMPORT | LinkKind.USE,
    DiagramKind.CALLS: LinkKind.CALL,
    DiagramKind.SEQUENCE: LinkKind.CALL,
    DiagramKind.CLASSES: LinkKind.INHERIT,
    DiagramKind.PARTS: ANY_LINK,
}


@dataclass(frozen=True)
class DiagramReader:
    """Reads the diagrams of one page. `slugs` are the wiki's pages."""

    code: CodeBase
    slugs: frozenset[str] = frozenset()

    def __call__(self, text: str) -> DiagramBlock | None:
        """A diagram of at least two boxes and an edge; None for anything else.

        Boxes of files that do not exist are left out, with their edges. An edge comes from the
        code where its files are linked in the way that it says, else from the model.
        """
        value = json_object(text) or {}
        kind = _kind(value.get("kind"))
        nodes = self._nodes(value)
        edges = self._edges(value, kind, nodes)
        if len(nodes) < 2 or not edges:
            return None
        title = text_of(value.get("title"), MAX_TITLE_CHARS)
        return _compilable(DiagramBlock(kind, title, tuple(nodes.values()), tuple(edges)))

    def _nodes(self, value: dict[str, Any]) -> dict[str, Node]:
        nodes: dict[str, Node] = {}
        for each in _listed(value.get("nodes"), MAX_NODES):
            node = self._node(_label(each.get("id")), each)
            if node is not None and len(nodes) < MAX_NODES:
                nodes.setdefault(node.key, node)
        return nodes

    def _node(self, key: str, each: dict[str, Any]) -> Node | None:
        path = text_of(each.get("path"), MAX_PATH_CHARS)
        if not key or (path and path not in self.code.files):
            return None
        label, slug = _label(each.get("label")) or key, self._slug(each.get("slug"))
        return Node(key, label, path, self._line(path, each.get("line")), slug)

    def _slug(self, value: object) -> str:
        slug = text_of(value, MAX_TITLE_CHARS)
        return slug * (slug in self.slugs)

    def _line(self, path: str, line: object) -> int:
        """A line of the file; its first one for anything else, 0 without a file."""
        file = self.code.files.get(path)
        if file is None:
            return 0
        if type(line) is int and 1 <= line <= file.lines:
            return line
        return 1

    def _edges(
        self, value: dict[str, Any], kind: DiagramKind, nodes: Mapping[str, Node]
    ) -> list[Edge]:
        edges: dict[Edge, None] = {}
        for each in _listed(value.get("edges"), MAX_EDGES):
            source, target = (nodes.get(_label(each.get(end))) for end in ("from", "to"))
            if source is None or target is None or source is target:
                continue
            origin = self.origin(kind, source, target)
            edges[Edge(source.key, target.key, _label(each.get("label")), origin)] = None
        return list(edges)[:MAX_EDGES]

    def with_origins(self, block: DiagramBlock) -> DiagramBlock:
        """The drawing, with what the code says of its edges."""
        nodes = {node.key: node for node in block.nodes}
        edges = [
            replace(edge, origin=self.origin(block.kind, nodes[edge.source], nodes[edge.target]))
            for edge in block.edges
        ]
        return replace(block, edges=tuple(edges))

    def origin(self, kind: DiagramKind, source: Node, target: Node) -> Origin:
        """Whether an edge is found in the code, or is the model's."""
        if self._is_linked(LINKS[kind], source, target):
            return Origin.CODE
        return Origin.MODEL

    def _is_linked(self, kinds: LinkKind, source: Node, target: Node) -> bool:
        return any(link.kinds & kinds for link in self._links(source, target))

    def _links(self, source: Node, target: Node) -> Iterator[FileLink]:
        links = self.code.outgoing.get(source.path, ())
        return (link for link in links if link.target == target.path)


def _kind(value: object) -> DiagramKind:
    """A kind by its name; one that shows any relation for anything else."""
    try:
        return DiagramKind(str(value))
    except ValueError:
        return DiagramKind.PARTS


def _compilable(block: DiagramBlock) -> DiagramBlock | None:
    try:
        mermaid(block)
    except NotCompilable:
        return None
    return block


def _listed(value: object, limit: int) -> list[dict[str, Any]]:
    """Somewhat more objects than are kept, since some are none."""
    return dicts(value, 4 * limit)


def _label(value: object) -> str:
    return text_of(value, MAX_LABEL_CHARS)
