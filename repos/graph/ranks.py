"""PageRank of files over weighted edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DAMPING = 0.85
ROUNDS = 40

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def page_ranks(count: int, sources: Ints, targets: Ints, weights: Floats) -> Floats:
    """The rank of each of `count` files, 1 on average.

    Page and Brin, 1998: a file passes its rank on in the shares of its edges' weights;
    one without edges to all alike.
    """
    if not count:
        return np.zeros(0)
    given = np.bincount(sources, weights=weights, minlength=count)
    shares = weights / given[sources]
    ranks = np.ones(count)
    for _ in range(ROUNDS):
        loose = ranks[given == 0].sum() / count
        passed = np.bincount(targets, weights=ranks[sources] * shares, minlength=count)
        ranks = 1 - DAMPING + DAMPING * (passed + loose)
    return ranks
