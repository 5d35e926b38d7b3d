"""The process that renders: `python -m chat.rendering.worker`, started by `worker_pool`.

Frames (`frames`) on standard input and output. A request names its function (FUNCTIONS)
and the arguments; the answer has `result`, or `error` with the name of an exception. Ends
at the end of its input. The process has no secrets: no settings, no environment, no
database.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from chat.rendering.citation_links import CitationTable
from chat.rendering.frames import LENGTH_BYTES, frame_length, to_frame
from chat.rendering.highlighting import highlight_lines
from chat.rendering.markdown import render_blocks
from chat.rendering.rules import environment

NICENESS = 5  # below the web server, which shares the cores
# The kernel ends the process when one request has used so much: what Python's own limit
# (`cpu_limit`) cannot interrupt.
HARD_CPU_SECONDS = 4
RECURSION_LIMIT = 5_000


def blocks(
    *, text: str, citations: list[Any] | None, growing: bool = False
) -> list[tuple[int, str]]:
    """The first line and HTML of each top-level block of a Markdown text."""
    check = None if citations is None else CitationTable.from_json(citations)
    rendered = render_blocks(text, environment(check, growing=growing))
    return [(block.line, block.html) for block in rendered]


def lines(*, code: str, language: str, first: int, last: int) -> list[str]:
    """The lines of a source file from `first` to `last`, from 1, as HTML."""
    return highlight_lines(code, language, first, last)


FUNCTIONS: dict[str, Callable[..., Any]] = {"blocks": blocks, "lines": lines}


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer requests until the input ends."""
    while header := source.read(LENGTH_BYTES):
        request = json.loads(source.read(frame_length(header)))
        target.write(to_frame(_answer(request)))
        target.flush()


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    _allow_cpu_seconds()
    function = FUNCTIONS[request.pop("function")]
    try:
        return {"result": function(**request)}
    except Exception as error:
        return {"error": type(error).__name__}


def _allow_cpu_seconds() -> None:
    """Let the process use HARD_CPU_SECONDS more."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + HARD_CPU_SECONDS, hard))


def main() -> None:
    """Serve standard input and output."""
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(RECURSION_LIMIT)
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
