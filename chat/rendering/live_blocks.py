"""A growing Markdown text as HTML blocks."""

from __future__ import annotations

import time

from chat.core.citations import Check
from chat.core.events import Html
from chat.rendering.markdown import _parser, render

REFRESH_SECONDS = 0.1


class Blocks:
    """Renders a text that grows: each top-level block is sent when it changes, and never again once the next began."""

    def __init__(self, check: Check | None = None) -> None:
        self.check = check
        self._text = ""
        self._block = 0
        self._rendered_at = 0.0
        self._due = False

    def feed(self, text: str) -> list[Html]:
        """The blocks that changed by `text`. One that grows is rendered anew a few times a second, a long one less often."""
        self._text += text
        self._due = True
        if time.monotonic() - self._rendered_at < REFRESH_SECONDS * (1 + len(self._text) / 4_000):
            return []
        return self._render()

    def finish(self) -> list[Html]:
        """Nothing more is coming: the last state of the open block, where it was not shown yet."""
        return self._render(growing=False) if self._due or "```mermaid" in self._text else []

    def seal(self) -> list[Html]:
        """As `finish`; what comes next begins a block of its own, whatever stands open."""
        blocks = self._render(growing=False)
        self._block, self._text = self._block + max(1, len(self._starts(self._text))), ""
        return blocks

    def _render(self, *, growing: bool = True) -> list[Html]:
        blocks = self._blocks(growing)
        self._rendered_at, self._due = time.monotonic(), False
        return blocks

    @staticmethod
    def _starts(text: str) -> list[int]:
        """The lines at which the top-level blocks begin."""
        tokens = _parser().parse(text)
        return list(
            dict.fromkeys(t.map[0] for t in tokens if t.map and t.level == 0 and t.nesting >= 0)
        )

    def _blocks(self, growing: bool) -> list[Html]:
        # Only the unfinished tail is parsed: the cost stays linear in the length of the answer.
        lines = self._text.split("\n")
        bounds = [*self._starts(self._text), len(lines)]
        blocks = []
        for number, (start, end) in enumerate(zip(bounds, bounds[1:], strict=False)):  # noqa: RUF007
            last = growing and end == bounds[-1]
            blocks.append(
                Html(
                    self._block + number,
                    render("\n".join(lines[start:end]), self.check, growing=last),
                )
            )
        if len(bounds) > 2:
            self._text = "\n".join(lines[bounds[-2] :])
            self._block += len(bounds) - 2
        return blocks
