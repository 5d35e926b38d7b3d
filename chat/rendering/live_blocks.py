"""HTML blocks of a Markdown text that is still being streamed."""

from __future__ import annotations

import time
from itertools import pairwise

from markdown_it.token import Token

from chat.core.citations import Check
from chat.core.events import Html
from chat.rendering.markdown import parser, render

REFRESH_SECONDS = 0.1
CHARS_PER_REFRESH = 4_000  # a block of so many characters is rendered half as often


class LiveBlocks:
    """Renders a growing text block by block (the BlockRenderer of a run).

    A top-level block is sent again when it has changed, never after the next one began.
    `check` looks citations up; it may be set later, when the answer's index is known.
    """

    def __init__(self, check: Check | None = None) -> None:
        self.check = check
        self._text = ""  # from the beginning of the last, open block
        self._open_block = 0  # its number
        self._rendered_at = 0.0
        self._changed = False

    def feed(self, text: str) -> list[Html]:
        """Append `text`; the blocks that changed.

        An open block is rendered a few times a second, a long one less often.
        """
        self._text += text
        self._changed = True
        if self._is_due():
            return self._render(growing=True)
        return []

    def finish(self) -> list[Html]:
        """The text is complete: the final state of the open block, if not yet sent."""
        if self._changed or "```mermaid" in self._text:
            return self._render(growing=False)
        return []

    def seal(self) -> list[Html]:
        """As `finish`, but always; later text begins a new block, even in a fence."""
        blocks = self._render(growing=False)
        self._open_block += _block_count(self._text)
        self._text = ""
        return blocks

    def _is_due(self) -> bool:
        """Whether the open block may be rendered again."""
        pause = REFRESH_SECONDS * (1 + len(self._text) / CHARS_PER_REFRESH)
        return time.monotonic() >= self._rendered_at + pause

    def _render(self, *, growing: bool) -> list[Html]:
        """All blocks of `_text`; if `growing`, more text may follow in the last one."""
        # Only the open block is parsed again: linear in the length of the answer.
        texts = _split_blocks(self._text)
        last = len(texts) - 1
        blocks = [
            self._block(number, text, growing=growing and number == last)
            for number, text in enumerate(texts)
        ]
        if last > 0:
            self._text = texts[last]
            self._open_block += last
        self._rendered_at = time.monotonic()
        self._changed = False
        return blocks

    def _block(self, offset: int, text: str, *, growing: bool) -> Html:
        html = render(text, self.check, growing=growing)
        return Html(self._open_block + offset, html)


def _split_blocks(text: str) -> list[str]:
    """The top-level blocks of a text. What stands before the first one is left out."""
    lines = text.split("\n")
    bounds = [*_block_starts(text), len(lines)]
    return ["\n".join(lines[start:end]) for start, end in pairwise(bounds)]


def _block_count(text: str) -> int:
    """The number of top-level blocks, at least 1."""
    return max(1, len(_block_starts(text)))


def _block_starts(text: str) -> list[int]:
    """The numbers of the lines at which top-level blocks begin, from 0, ascending."""
    starts = [_first_line(token) for token in parser().parse(text)]
    return list(dict.fromkeys(line for line in starts if line is not None))


def _first_line(token: Token) -> int | None:
    """The line at which a top-level block begins; None for every other token."""
    if token.map and token.level == 0 and token.nesting >= 0:
        return token.map[0]
    return None
