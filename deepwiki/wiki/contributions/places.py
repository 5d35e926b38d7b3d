"""Places of a page: its top-level blocks of HTML, and where a note pinned to one belongs. Pure.

A place is known by its heading and by the words of its block, so that it is found again in a
page that was written anew.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

MAX_BLOCKS = 1_000
MAX_BLOCK_CHARS = 4_000  # of a block's HTML that is read for its words
MAX_KEPT_CHARS = 600  # of the words that an anchor keeps
LIKENESS = 0.5  # shared words of two blocks that are taken for the same
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
NOTE = re.compile(r'<span class="cite-note"[^<>]*>[^<>]*</span>')
ANY_TAG = re.compile(r"<[^<>]*>")
HEADING = re.compile(r"h[1-6]")
WORD = re.compile(r"\w+")
VOID = frozenset(("br", "hr", "img", "input"))


@dataclass(frozen=True)
class PageBlock:
    """A top-level element: where it ends in the HTML, its words, and the heading it is under.

    `heading_position` counts the headings up to here, 0 before the first.
    """

    end: int
    text: str
    heading: str
    heading_position: int
    is_heading: bool

    @cached_property
    def words(self) -> frozenset[str]:
        """What it is compared by."""
        return words_of(self.text)


@dataclass(frozen=True)
class NoteAnchor:
    """The place of a note: behind a heading, or behind the block that begins with `block`.

    Without both it is above everything else of the page.
    """

    heading: str = ""
    heading_position: int = 0
    block: str = ""

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """From what `as_json` made."""
        return cls(**stored)

    @classmethod
    def at(cls, block: PageBlock) -> Self:
        """Behind a block of a page."""
        heading = block.heading[:MAX_KEPT_CHARS]
        if block.is_heading:
            return cls(heading, block.heading_position)
        return cls(heading, block.heading_position, block.text[:MAX_KEPT_CHARS])

    @property
    def is_top(self) -> bool:
        """Whether it is above everything else."""
        return not self.heading and not self.block


def page_blocks(page: str) -> list[PageBlock]:
    """The top-level elements of well-formed HTML, MAX_BLOCKS at most."""
    found: list[PageBlock] = []
    heading, position = "", 0
    for start, end, tag in _elements(page):
        text = _text(page[start : min(end, start + MAX_BLOCK_CHARS)])
        is_heading = HEADING.fullmatch(tag) is not None
        if is_heading:
            heading, position = text, position + 1
        found.append(PageBlock(end, text, heading, position, is_heading))
        if len(found) == MAX_BLOCKS:
            break
    return found


def find_place(
    anchor: NoteAnchor, blocks: Sequence[PageBlock], *, is_translated: bool = False
) -> int | None:
    """Where in the HTML a note belongs; None where its place is gone.

    In a translation headings are told by their order alone.
    """
    if anchor.is_top:
        return 0
    section = _section(anchor, blocks, is_translated=is_translated)
    if section and not anchor.block:
        return section[0].end
    alike = None
    if not is_translated:
        alike = _most_alike(anchor, section) or _most_alike(anchor, blocks)
    if alike is not None:
        return alike.end
    return _last_end(section)


def _last_end(section: Sequence[PageBlock]) -> int | None:
    """Behind a section; None without one."""
    if not section:
        return None
    return section[-1].end


def words_of(text: str) -> frozenset[str]:
    """The words of a text, in small letters."""
    return frozenset(WORD.findall(text.lower()))


def _section(
    anchor: NoteAnchor, blocks: Sequence[PageBlock], *, is_translated: bool
) -> list[PageBlock]:
    """The blocks under the heading of an anchor, itself first; the nearest of several."""
    positions = {
        block.heading_position
        for block in blocks
        if is_translated or _is_same(block.heading, anchor.heading)
    }
    wanted = anchor.heading_position
    nearest = min(positions, key=lambda position: abs(position - wanted), default=None)
    if nearest is None or (is_translated and nearest != wanted):
        return []
    return [block for block in blocks if block.heading_position == nearest]


def _is_same(heading: str, other: str) -> bool:
    return heading[:MAX_KEPT_CHARS].casefold() == other.casefold()


def _most_alike(anchor: NoteAnchor, blocks: Sequence[PageBlock]) -> PageBlock | None:
    wanted = words_of(anchor.block)
    if not wanted:
        return None
    alike = [block for block in blocks if _likeness(wanted, block) >= LIKENESS]
    return max(alike, key=lambda block: _likeness(wanted, block), default=None)


def _likeness(wanted: frozenset[str], block: PageBlock) -> float:
    words = words_of(block.text[:MAX_KEPT_CHARS])
    if block.is_heading or not words:
        return 0.0
    return len(wanted & words) / len(wanted | words)


def _elements(page: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and tag of each element that is within no other."""
    depth, start, outer = 0, 0, ""
    for tag in TAG.finditer(page):
        name = tag[2].lower()
        if depth == 0:
            start, outer = tag.start(), name
        if tag[1]:
            depth = max(0, depth - 1)
        elif name not in VOID and not tag[3].endswith("/"):
            depth += 1
        if depth == 0:
            yield start, tag.end(), outer


def _text(element: str) -> str:
    plain = html.unescape(ANY_TAG.sub(" ", NOTE.sub("", element)))
    return " ".join(plain.split())
