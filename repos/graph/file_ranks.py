"""The stored in-degrees and ranks of files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from deepwiki.foundation.sql import Row, execute, fetch_all, read_sql
from repos.graph.ranks import Floats, Ints, page_ranks

DEGREES = read_sql(__file__, "update_degrees.sql")
RANKS = read_sql(__file__, "update_ranks.sql")
EDGES = """
SELECT f.document_id, f.path_key, f.targets, f.weights, f.in_degree, f.rank FROM repos_graphfile f
JOIN repos_document d ON d.id = f.document_id WHERE d.index_id = %s AND d.is_live
"""
LEAST_CHANGE = 0.05  # of a rank that is written again


def update_degrees(links: Sequence[Row]) -> None:
    """Count anew the links to files whose own or whose sources' edges changed."""
    keys = set(chain.from_iterable(map(_path_keys, links)))
    execute(DEGREES, {"keys": list(keys)})


def _path_keys(link: Row) -> list[int]:
    path, _, targets = link
    return [path, *targets]


def update_ranks(index_id: int) -> None:
    """Rank the files of an index anew; rows that changed by a little only stay."""
    files = fetch_all(EDGES, [index_id])
    sources, targets, weights = _edge_columns(files)
    ranks = page_ranks(len(files), sources, targets, weights)
    degrees = np.bincount(targets, minlength=len(files))
    old = np.array([row[4:6] for row in files], dtype=np.float64).reshape(-1, 2)
    changed = np.flatnonzero((degrees != old[:, 0]) | _differs(ranks, old[:, 1]))
    _store_ranks([files[number][0] for number in changed], degrees[changed], ranks[changed])


def _store_ranks(documents: Sequence[int], degrees: Ints, ranks: Floats) -> None:
    values = {"documents": documents, "degrees": degrees.tolist(), "ranks": ranks.tolist()}
    execute(RANKS, values)


def _differs(ranks: Floats, old: Floats) -> NDArray[np.bool_]:
    return np.abs(ranks - old) > LEAST_CHANGE * np.maximum(old, LEAST_CHANGE)


def _edge_columns(files: Sequence[Row]) -> tuple[Ints, Ints, Floats]:
    """Sources, targets and weights of the edges between files, these by their number."""
    numbers = {row[1]: number for number, row in enumerate(files)}
    edges = [edge for row in files for edge in _numbered(row, numbers)]
    table = np.array(edges, dtype=np.float64).reshape(-1, 3)
    return table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2]


def _numbered(row: Row, numbers: Mapping[int, int]) -> Iterator[tuple[int, int, float]]:
    _, path, targets, weights = row[:4]
    for target, weight in zip(targets, weights, strict=True):
        if target in numbers:
            yield numbers[path], numbers[target], weight
