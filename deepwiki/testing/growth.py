"""How a cost grows with the size of its input: an assertion that holds on a busy machine too."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

FACTOR = 4
LINEAR = 10.0  # below it, a cost is taken to be linear: a square one grows by 16
CLEARLY = 0.6  # of the bound: at or below it, the larger input is not measured again
RUNS = 3
LEAST_SECONDS = 0.001  # what is quicker counts as this much: smaller times are noise


def growth(work: Callable[[int], object], size: int, bound: float = LINEAR) -> float:
    """The CPU time of `work(size)`, as a multiple of that of `work(size // 4)`.

    About 4 where the cost is linear, 16 where it grows by the square. Measured in this thread; the
    best of three runs, of the larger input only as long as it is not clearly below `bound`.
    """
    small = min(_seconds(lambda: work(size // FACTOR)) for _ in range(RUNS))
    small = max(small, LEAST_SECONDS)
    ratio = float("inf")
    for _ in range(RUNS):
        ratio = min(ratio, _seconds(lambda: work(size)) / small)
        if ratio <= CLEARLY * bound:
            break
    return ratio


def _seconds(work: Callable[[], object]) -> float:
    gc.disable()
    try:
        began = time.thread_time()
        work()
        return time.thread_time() - began
    finally:
        gc.enable()
