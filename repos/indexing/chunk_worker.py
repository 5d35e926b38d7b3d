"""The process that parses files: `python -m repos.indexing.chunk_worker`.

A grammar is native code, which can crash or take its time on a strange file; here that
costs this process only. See `deepwiki.foundation.worker_process`.
"""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Callable
from typing import Any

from deepwiki.foundation.worker_process import serve
from repos.indexing.chunking import parse
from repos.indexing.symbols import to_message

HARD_CPU_SECONDS = 20  # a file
MEMORY_BYTES = 4_000_000_000  # of addresses


def parsed(*, path: str, text: str) -> list[object]:
    """The chunks of a file, as the arguments of a TextChunk without its text; its symbols."""
    file = parse(path, text)
    chunks = [
        (c.start, c.end, c.symbol, c.symbols, c.start_column, c.end_column) for c in file.chunks
    ]
    return [chunks, to_message(file.symbols)]


FUNCTIONS: dict[str, Callable[..., Any]] = {"parsed": parsed}


def main() -> None:
    """Serve standard input and output."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    serve(FUNCTIONS, cpu_seconds=HARD_CPU_SECONDS)


if __name__ == "__main__":
    main()
