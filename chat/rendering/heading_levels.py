"""Headings without gaps: below the question's own, `h2`, models begin with any level.

A screen reader's list of headings reads a missing level as a part that was left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chat.rendering.rules import HEADING_OFFSET

TAG = re.compile(r"<(/?)h([1-6])(?=[ >])")


@dataclass(frozen=True)
class HeadingLevels:
    """The headings that enclose what comes next: as written and as shown, outermost first."""

    enclosing: tuple[tuple[int, int], ...] = ()

    def applied(self, html: str) -> tuple[str, HeadingLevels]:
        """The HTML of the next block with its levels, and what encloses the block after it.

        A heading is one level below the nearest before it that was written with less; the
        topmost ones are of the level of a single `#`.
        """
        levels = self

        def renumbered(tag: re.Match[str]) -> str:
            nonlocal levels
            if not tag[1]:
                levels = levels._below(int(tag[2]))
            return f"<{tag[1]}h{levels.enclosing[-1][1] if levels.enclosing else tag[2]}"

        return TAG.sub(renumbered, html), levels

    def _below(self, written: int) -> HeadingLevels:
        outer = tuple(pair for pair in self.enclosing if pair[0] < written)
        shown = outer[-1][1] + 1 if outer else 1 + HEADING_OFFSET
        return HeadingLevels((*outer, (written, shown)))
