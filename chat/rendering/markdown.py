"""Markdown to sanitized HTML, within bounds of time and size. Runs in the worker process.

Work stops between blocks, and within one by `cpu_limit`: what is left is shown as plain
text, with a sentence that says so. Nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chat.rendering.cpu_limit import CpuLimitExceeded, cpu_limit
from chat.rendering.notes import TOO_COMPLEX, note_html
from chat.rendering.parser import Block, Environment, parse_blocks, parse_inline, to_html
from chat.rendering.plain import plain_html
from chat.rendering.sanitizer import clean

MAX_HTML_CHARS = 2_000_000


@dataclass(frozen=True)
class RenderedBlock:
    """Sanitized HTML of the top-level block that begins at `line`, from 0."""

    line: int
    html: str


def render_blocks(markdown: str, env: Environment, seconds: float) -> list[RenderedBlock]:
    """The top-level blocks of a text, in order, within `seconds` of CPU time.

    `env` is that of the render rules. In a growing text only the last block grows: those
    before it are as they will be.
    """
    rendered: list[RenderedBlock] = []
    blocks = [Block(0, markdown, [])]
    try:
        with cpu_limit(seconds):
            blocks = parse_blocks(markdown, env)
            room = MAX_HTML_CHARS
            is_growing = env["growing"]
            for block in blocks:
                env["growing"] = is_growing and block is blocks[-1]
                result = _render(block, env)
                room -= len(result.html)
                if room < 0:
                    break
                rendered.append(result)
    except (CpuLimitExceeded, RecursionError):
        pass
    return [*rendered, *_plain(blocks[len(rendered) :])]


def _render(block: Block, env: Environment) -> RenderedBlock:
    parse_inline(block.tokens, env)
    return RenderedBlock(block.line, clean(to_html(block.tokens, env)))


def _plain(blocks: Sequence[Block]) -> Iterator[RenderedBlock]:
    """Blocks as they were written; the note stands before the first."""
    for number, block in enumerate(blocks):
        note = "" if number else note_html(TOO_COMPLEX)
        yield RenderedBlock(block.line, note + plain_html(block.source))
