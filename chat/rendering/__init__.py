"""Markdown to safe HTML: the only package that makes HTML out of text we did not write."""

from chat.rendering.live_blocks import Blocks
from chat.rendering.markdown import TAGS, highlight_lines, render

__all__ = ["TAGS", "Blocks", "highlight_lines", "render"]
