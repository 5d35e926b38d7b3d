"""Markdown of language models to sanitized HTML.

No other package makes HTML of foreign text. `markdown` parses and renders (with
`rules`, `highlighting`, `diagrams`), then `sanitizer` filters the result; `live_blocks`
does the same for a text that is still being streamed.
"""

from chat.rendering.highlighting import highlight_lines
from chat.rendering.live_blocks import LiveBlocks
from chat.rendering.markdown import render
from chat.rendering.sanitizer import TAGS

__all__ = ["TAGS", "LiveBlocks", "highlight_lines", "render"]
