"""How a cost grows with the size of its input: an assertion that holds on a busy machine too."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

FACTOR = 4
LINEAR = 10.0  # below it, a cost is taken to be linear: a square one grows by 16
RUNS = 3
LEAST_SECONDS = 0.001  # what is quicker counts as this much: smaller times are noise


def growth(work: Callable[[int], object], size: int) -> float:
    """The CPU time of `work(size)`, as a multiple of that of `work(size // 4)`.

    About 4 where the cost is linear, 16 where it grows by the square. Measured in this thread; the
    best of three runs.
    """
    small = max(_seconds(lambda: work(size // FACTOR)), LEAST_SECONDS)
    return _seconds(lambda: work(size)) / small


def _seconds(work: Callable[[], object]) -> float:
    times = []
    gc.disable()
    try:
        for _ in range(RUNS):
            began = time.thread_time()
            work()
            times.append(time.thread_time() - began)
    finally:
        gc.enable()
    return min(times)
