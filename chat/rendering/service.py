"""Rendering for the web process: each call is made in a worker, see `worker_pool`.

Without an answer of a worker a text is shown as it was written. All calls block.
"""

from __future__ import annotations

import html
import logging
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from chat.core.citations import Check
from chat.rendering.citation_links import citation_rows
from chat.rendering.diagram_addresses import with_addresses
from chat.rendering.heading_levels import HeadingLevels
from chat.rendering.notes import NO_RENDERER, note_html, translate_notes
from chat.rendering.plain import plain_html
from chat.rendering.sanitizer import cleaned
from chat.rendering.worker_pool import pool
from deepwiki.foundation.worker_process import WorkerFailed

logger = logging.getLogger(__name__)
LineAndHtml = tuple[int, str]
TEXT_SECONDS = 1.0  # of CPU time; 64,000 characters of usual Markdown take 0.3
GROWING_SECONDS = 0.5


def render(
    markdown: str, check: Check | None = None, *, seconds: float = TEXT_SECONDS
) -> SafeString:
    """Sanitized HTML of a whole text; its notes are in the current language.

    `check` looks citations up; without it each of them becomes a link. What takes longer
    than `seconds` is plain text.
    """
    blocks = render_blocks(markdown, check, seconds=seconds)
    text, _ = HeadingLevels().applied("".join(block for _, block in blocks))
    return cleaned(translate_notes(text, gettext))


def render_blocks(
    markdown: str,
    check: Check | None = None,
    *,
    growing: bool = False,
    seconds: float = TEXT_SECONDS,
) -> list[LineAndHtml]:
    """The first line, from 0, and the HTML of each top-level block.

    More may follow a `growing` text: a diagram at its end is not drawn yet.
    """
    citations = None if check is None else citation_rows(markdown, check)
    if growing:
        seconds = min(seconds, GROWING_SECONDS)
    result = _call("blocks", text=markdown, citations=citations, growing=growing, seconds=seconds)
    if result is None:
        return [(0, note_html(NO_RENDERER) + plain_html(markdown))]
    return [(line, with_addresses(block)) for line, block in result]


def highlight_lines(code: str, language: str, first: int, last: int) -> list[SafeString]:
    """The lines of a source file from `first` to `last`, from 1, highlighted."""
    result = _call("lines", code=code, language=language, first=first, last=last)
    if result is None:
        result = map(html.escape, code.split("\n")[first - 1 : last])
    return [cleaned(line) for line in result]


def draw_diagram(source: str) -> str:
    """The SVG of a Mermaid diagram; empty if it cannot be drawn."""
    return str(_call("diagram", source=source) or "")


def start_worker() -> None:
    """Start a worker that is free for the first text."""
    _call("lines", code="", language="", first=1, last=1)


def _call(function: str, **arguments: Any) -> Any:
    """The result of a worker's function, None if there is none."""
    try:
        return pool.call(function, **arguments)
    except WorkerFailed as error:
        logger.warning("a text could not be rendered: %s", error)
        return None
