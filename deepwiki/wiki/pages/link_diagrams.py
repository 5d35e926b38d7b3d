"""Diagrams of links: which files use each other, which parts do."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import filterfalse

from deepwiki.wiki.content import DiagramBlock, DiagramKind, Node
from deepwiki.wiki.pages.diagram_parts import MAX_NODES, DrawnEdges, Weights, bounded, cut
from deepwiki.wiki.pages.part_links import links_between
from deepwiki.wiki.pages.scoring import file_importance, is_sure
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.plan import PlannedPage

GATHERING = frozenset({"__init__.py", "mod.rs"})
MIN_EDGES = 2
MAX_PARTS = 60  # whose links are counted
EDGES_PER_PART = 1.5  # the heaviest; with more, no edge can be followed
MINOR_SHARE = 0.5  # of the links in the other direction


def imports_diagram(source: PageSource) -> DiagramBlock | None:
    """Which files of a page use which; None with fewer than two links."""
    importance = {path: file_importance(source.code, path) for path in source.code_files}
    drawn = bounded(_file_weights(source), importance)
    if len(drawn.edges) < MIN_EDGES:
        return None
    title = source.say("diagram_imports", title=source.page.short_title)
    return DiagramBlock(DiagramKind.IMPORTS, title, drawn.file_nodes(), drawn.as_edges())


def parts_diagram(source: PageSource, parts: Sequence[PlannedPage]) -> DiagramBlock | None:
    """Which parts use which; None with no two of them linked."""
    weights = links_between(source, parts[:MAX_PARTS])
    drawn = followed(bounded(main_directions(weights), _part_importance(weights)))
    if not drawn.edges:
        return None
    title = source.say("diagram_parts")
    return DiagramBlock(DiagramKind.PARTS, title, _part_nodes(source, drawn), drawn.as_edges())


def main_directions(weights: Weights) -> Weights:
    """Without edges that are few beside those in the other direction."""
    return {
        (user, used): weight
        for (user, used), weight in weights.items()
        if weight >= MINOR_SHARE * weights.get((used, user), 0.0)
    }


def followed(drawn: DrawnEdges) -> DrawnEdges:
    """So many edges that a reader can follow each; they come heaviest first."""
    most = math.ceil(EDGES_PER_PART * len(drawn.names))
    return DrawnEdges(drawn.edges[:most])


def _part_importance(weights: Weights) -> dict[str, float]:
    """The links of each part, in both directions."""
    found: Counter[str] = Counter()
    for pair, weight in weights.items():
        for slug in pair:
            found[slug] += round(weight)
    return dict(found)


def _part_nodes(source: PageSource, drawn: DrawnEdges) -> tuple[Node, ...]:
    titles = {slug: cut(source.plan.by_slug[slug].short_title) for slug in drawn.names}
    return tuple(Node(drawn.key(slug), titles[slug], slug=slug) for slug in drawn.names)


def _only_gathers(path: str) -> bool:
    """Whether a file usually only hands on what the others of its package define."""
    return path.rpartition("/")[2] in GATHERING


def _file_weights(source: PageSource) -> Weights:
    own = list(filterfalse(_only_gathers, source.programs[: MAX_NODES * 4]))
    links = (link for path in own for link in source.code.outgoing.get(path, ()))
    inner = [link for link in links if link.target in own and is_sure(link)]
    return {(link.source, link.target): link.weight for link in inner}
