"""The process that renders: `python -m chat.rendering.worker`, started by `worker_pool`.

It answers requests for its FUNCTIONS, see `deepwiki.foundation.worker_process`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from chat.rendering import diagrams
from chat.rendering.citation_links import CitationTable
from chat.rendering.highlighting import highlight_lines
from chat.rendering.markdown import render_blocks
from chat.rendering.rules import environment
from deepwiki.foundation.worker_process import serve

# The kernel ends the process when one request has used so much: what Python's own limit
# (`cpu_limit`) cannot interrupt.
HARD_CPU_SECONDS = 4
RECURSION_LIMIT = 5_000


def blocks(
    *, text: str, citations: list[Any] | None, growing: bool, seconds: float
) -> list[tuple[int, str]]:
    """The first line and HTML of each top-level block of a Markdown text."""
    check = None if citations is None else CitationTable.from_json(citations)
    rendered = render_blocks(text, environment(check, growing=growing), seconds)
    return [(block.line, block.html) for block in rendered]


def lines(*, code: str, language: str, first: int, last: int) -> list[str]:
    """The lines of a source file from `first` to `last`, from 1, as HTML."""
    return highlight_lines(code, language, first, last)


def diagram(*, source: str) -> str:
    """The SVG of a Mermaid diagram; empty if it cannot be drawn."""
    return diagrams.draw(source)


FUNCTIONS: dict[str, Callable[..., Any]] = {"blocks": blocks, "lines": lines, "diagram": diagram}


def main() -> None:
    """Serve standard input and output."""
    sys.setrecursionlimit(RECURSION_LIMIT)
    serve(FUNCTIONS, cpu_seconds=HARD_CPU_SECONDS)


if __name__ == "__main__":
    main()
