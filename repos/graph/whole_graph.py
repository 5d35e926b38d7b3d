"""Reads all files of an index and the links between them, in one statement.

Who calls it has checked that the index may be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from deepwiki.foundation.sql import Row, fetch_all, read_sql
from repos.graph.edges import EdgeKind
from repos.models import LATEST_GENERATION

STATEMENT = read_sql(__file__, "whole_graph.sql")
MAX_FILES = 100_000
MAX_LINKS = 1_000_000  # of all files together; those of the highest rank have theirs


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A file: `size` in bytes, its PageRank (1 on average), how many files are linked to it."""

    path: str
    language: str
    role: str
    lines: int
    size: int
    rank: float
    in_degree: int


@dataclass(frozen=True, slots=True)
class GraphLink:
    """A link between two files of a graph, why there is one, and how strong it is."""

    source: str
    target: str
    kinds: EdgeKind
    weight: float


@dataclass(frozen=True)
class WholeGraph:
    """The files of the highest rank first, and the links between them.

    `left_out` says that there are more than MAX_FILES or MAX_LINKS.
    """

    files: Sequence[GraphNode]
    links: Sequence[GraphLink]
    left_out: bool


def whole_graph(
    index_id: int, *, at: int = LATEST_GENERATION, limit: int = MAX_FILES
) -> WholeGraph:
    """The files of an index, at most `limit` (up to MAX_FILES), with their links.

    An index without a graph has files of rank 1 and no links.
    """
    limit = max(0, min(limit, MAX_FILES))
    rows = fetch_all(STATEMENT, {"index": index_id, "at": at, "limit": limit + 1})
    shown = rows[:limit]
    paths = {key: path for path, *_, key, _, _, _ in shown if key is not None}
    links: list[GraphLink] = []
    for link in _links(shown, paths):
        if len(links) == MAX_LINKS:
            return WholeGraph(_nodes(shown), links, left_out=True)
        links.append(link)
    return WholeGraph(_nodes(shown), links, left_out=len(rows) > limit)


def _nodes(rows: Sequence[Row]) -> list[GraphNode]:
    return [GraphNode(*row[:7]) for row in rows]


def _links(rows: Sequence[Row], paths: Mapping[int, str]) -> Iterator[GraphLink]:
    for path, *_, targets, kinds, weights in rows:
        if targets is None:
            continue
        for target, kind, weight in zip(targets, kinds, weights, strict=True):
            if target in paths and paths[target] != path:
                yield GraphLink(path, paths[target], EdgeKind(kind), weight)
