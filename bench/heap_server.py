"""The web server, which tells of Python's heap, counted by `tracemalloc` from the first time on.

For each line on its standard input it writes `heap NOW MOST` to its standard output: bytes, and
the most since the line before. Counting makes it slower: no times are measured in it.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import tracemalloc

from deepwiki.server import main

WORD = "heap"


def read_heap(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """What a server that was started with pipes tells: bytes now, and the most since before."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    for line in process.stdout:
        word, *numbers = line.decode().split()
        if word == WORD:
            return int(numbers[0]), int(numbers[1])
    raise RuntimeError("the server has ended")


def _tell() -> None:
    for _ in sys.stdin:
        if not tracemalloc.is_tracing():
            tracemalloc.start()
        print(WORD, *tracemalloc.get_traced_memory(), flush=True)
        tracemalloc.reset_peak()


if __name__ == "__main__":
    threading.Thread(target=_tell, daemon=True).start()
    main()
