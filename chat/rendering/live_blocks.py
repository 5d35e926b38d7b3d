"""HTML blocks of a Markdown text that is still being streamed."""

from __future__ import annotations

import time

from chat.core.citations import Check
from chat.core.events import Html
from chat.rendering.heading_levels import HeadingLevels
from chat.rendering.service import LineAndHtml, render_blocks

REFRESH_SECONDS = 0.1
CHARS_PER_REFRESH = 4_000  # a block of so many characters is rendered half as often
LOAD_FACTOR = 5  # after a rendering, at least so many times as long passes until the next
MAX_PAUSE_SECONDS = 2.5  # also where the rendering waited: for a worker that starts, a busy machine


class LiveBlocks:
    """Renders a growing text block by block (the BlockRenderer of a run).

    A top-level block is sent again when it has changed, never after the next one began.
    `check` looks citations up; it may be set later, when the answer's index is known.
    `feed`, `finish` and `seal` block while a worker renders.
    """

    def __init__(self, check: Check | None = None) -> None:
        self.check = check
        self._text = ""  # from the beginning of the last, open block
        self._open_block = 0  # its number
        self._may_render_at = 0.0
        self._changed = False
        self._sent: Html | None = None  # the open block as it was sent last
        self._levels = HeadingLevels()  # before the open block
        self._levels_behind = self._levels

    def feed(self, text: str) -> list[Html]:
        """Append `text`; the blocks that changed.

        An open block is rendered a few times a second, a long one less often.
        """
        self._append(text)
        if not self._changed or self.delay() > 0:
            return []
        return self._render(growing=True)

    def delay(self) -> float:
        """Seconds until `feed` renders again."""
        return self._may_render_at - time.monotonic()

    def finish(self, text: str = "") -> list[Html]:
        """The text is complete with `text`: the last blocks, as far as not yet sent."""
        sent = self._sent
        self._append(text)
        # Complete text can look otherwise: diagrams are drawn, what is never closed is text.
        return [block for block in self._render(growing=False) if block != sent]

    def seal(self, text: str = "") -> list[Html]:
        """As `finish`, but always; later text begins a new block, even in a fence."""
        self._append(text)
        blocks = self._render(growing=False)
        self._open_block += 1
        self._text = ""
        self._levels = self._levels_behind
        return blocks

    def _append(self, text: str) -> None:
        self._text += text
        self._changed = self._changed or bool(text)

    def _render(self, *, growing: bool) -> list[Html]:
        """All blocks of `_text`; if `growing`, more text may follow in the last one."""
        # Only the open block is parsed again: linear in the length of the answer.
        started = time.monotonic()
        rendered = render_blocks(self._text, self.check, growing=growing)
        self._levels_behind = self._levels  # the open block is rendered again
        blocks = [
            Html(self._open_block + number, self._with_levels(html))
            for number, (_, html) in enumerate(rendered)
        ]
        self._drop_closed_blocks(rendered)
        self._sent = blocks[-1] if blocks else None
        self._changed = False
        ended = time.monotonic()
        self._may_render_at = ended + self._pause_after(ended - started)
        return blocks

    def _with_levels(self, html: str) -> str:
        """The HTML of the next block of a rendering; those before it are closed."""
        self._levels = self._levels_behind
        text, self._levels_behind = self._levels.applied(html)
        return text

    def _pause_after(self, seconds: float) -> float:
        """How long to wait after a rendering that took `seconds`."""
        pause = REFRESH_SECONDS * (1 + len(self._text) / CHARS_PER_REFRESH)
        return max(pause, min(LOAD_FACTOR * seconds, MAX_PAUSE_SECONDS))

    def _drop_closed_blocks(self, rendered: list[LineAndHtml]) -> None:
        """Keep the text from the beginning of the last block only."""
        if not rendered:
            return
        last_line, _ = rendered[-1]
        self._text = "\n".join(self._text.split("\n")[last_line:])
        self._open_block += len(rendered) - 1
