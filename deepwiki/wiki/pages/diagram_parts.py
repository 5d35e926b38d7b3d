"""What diagrams share: the nodes and edges that are kept, keys, labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from deepwiki.wiki.content import Edge, Node
from deepwiki.wiki.pages.escaping import one_line
from deepwiki.wiki.pages.symbol_reader import Symbol

MAX_NODES = 14
MAX_EDGES = 24
MAX_LABEL_CHARS = 40
# Names of files that say nothing without their folder.
VAGUE = frozenset(
    "__init__.py __main__.py index.js index.ts index.tsx mod.rs main.go lib.rs models.py views.py "
    "urls.py types.ts utils.py admin.py apps.py base.py page.tsx route.ts".split()
)
Pair = tuple[str, str]
Weights = Mapping[Pair, float]


@dataclass(frozen=True)
class DrawnEdges:
    """Edges between names, by which nodes are numbered in the order they are met."""

    edges: Sequence[Pair]

    @property
    def names(self) -> list[str]:
        """The names that edges join."""
        return list(dict.fromkeys(end for edge in self.edges for end in edge))

    def key(self, name: str) -> str:
        """The key of a name's node."""
        return f"n{self.names.index(name)}"

    def as_edges(self) -> tuple[Edge, ...]:
        """The edges between keys."""
        return tuple(Edge(self.key(source), self.key(target)) for source, target in self.edges)

    def file_nodes(self) -> tuple[Node, ...]:
        """A node for each name, which is a path."""
        labels = short_names(self.names).items()
        return tuple(Node(self.key(path), label, path, 1) for path, label in labels)


def bounded(weights: Weights, importance: Mapping[str, float]) -> DrawnEdges:
    """The heaviest edges between the most important nodes, within the limits."""
    names = {end for edge in weights for end in edge}
    kept = set(sorted(names, key=lambda name: (-importance.get(name, 0.0), name))[:MAX_NODES])
    edges = [edge for edge in weights if kept.issuperset(edge) and edge[0] != edge[1]]
    edges.sort(key=lambda edge: (-weights[edge], edge))
    return DrawnEdges(edges[:MAX_EDGES])


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """The shortest ends of paths that tell them apart, cut to the length of a label."""
    return {path: cut(_short_name(path, paths)) for path in paths}


def _short_name(path: str, paths: Sequence[str]) -> str:
    parts = path.split("/")
    length = 2 if parts[-1] in VAGUE else 1
    while length < len(parts) and _is_shared("/".join(parts[-length:]), path, paths):
        length += 1
    return "/".join(parts[-length:])


def _is_shared(end: str, path: str, paths: Iterable[str]) -> bool:
    return any(_ends_with(other, end) for other in paths if other != path)


def _ends_with(path: str, end: str) -> bool:
    return f"/{path}".endswith(f"/{end}")


def cut(label: str) -> str:
    """A label as it is shown: on one line, not too long."""
    return one_line(label, MAX_LABEL_CHARS)


def symbol_node(key: str, symbol: Symbol) -> Node:
    """The node of a definition."""
    return Node(key, cut(symbol.name), symbol.path, symbol.start)
