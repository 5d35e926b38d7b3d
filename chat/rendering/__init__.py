"""Markdown of language models to sanitized HTML.

No other package makes HTML of foreign text. The web process asks a worker process for it
(`service`, `worker_pool`); there `markdown` parses and renders, and `sanitizer` filters the result.
`live_blocks` does the same for a text that is still being streamed.
"""

from chat.rendering.live_blocks import LiveBlocks
from chat.rendering.page_budget import PageBudget
from chat.rendering.sanitizer import TAGS
from chat.rendering.service import draw_diagram, highlight_lines, render, start_worker
from chat.rendering.worker_pool import in_pool_thread

__all__ = [
    "TAGS",
    "LiveBlocks",
    "PageBudget",
    "draw_diagram",
    "highlight_lines",
    "in_pool_thread",
    "render",
    "start_worker",
]
