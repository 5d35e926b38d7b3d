"""A slide as data, and as the blocks of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from deepwiki.wiki.content import BlockRole, ContentBlock, DiagramBlock, TextBlock

MAX_BULLETS = 5
MAX_QUOTED_LINES = 16
MAX_SLIDES = 40
TITLE_MARK = "## "


@dataclass(frozen=True, slots=True)
class Bullet:
    """A statement and its citation, both Markdown within a line; one may be empty."""

    text: str
    citation: str = ""

    @property
    def markdown(self) -> str:
        """The bullet as an item of a list."""
        return f"- {self.text} {self.citation}".rstrip()


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines of a file as a fenced block, and their citation, both Markdown."""

    fenced: str
    citation: str

    @property
    def markdown(self) -> str:
        """The lines with their citation below."""
        return f"{self.fenced}\n\n{self.citation}"


@dataclass(frozen=True, slots=True)
class Slide:
    """A title with up to MAX_BULLETS bullets, or one diagram, or one quote; and what to say.

    `title` is Markdown within a line, `notes` are paragraphs of Markdown.
    """

    title: str
    bullets: tuple[Bullet, ...] = ()
    diagram: DiagramBlock | None = None
    quote: Quote | None = None
    notes: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it has nothing but a title and notes."""
        return not self.bullets and self.diagram is None and self.quote is None

    def blocks(self) -> Iterator[ContentBlock]:
        """Its title, what it shows, and its notes."""
        yield TextBlock(f"{TITLE_MARK}{self.title}")
        yield from self._shown()
        yield from self._notes()

    def _notes(self) -> Iterator[ContentBlock]:
        if self.notes:
            yield TextBlock(self.notes, BlockRole.NOTES)

    def _shown(self) -> Iterator[ContentBlock]:
        if self.diagram is not None:
            yield self.diagram
        elif self.quote is not None:
            yield TextBlock(self.quote.markdown)
        elif self.bullets:
            yield TextBlock(self._list)

    @property
    def _list(self) -> str:
        return "\n".join(each.markdown for each in self.bullets[:MAX_BULLETS])


def slide_blocks(slides: Iterable[Slide]) -> tuple[ContentBlock, ...]:
    """The blocks of a page of slides; those that show nothing are left out."""
    shown = [slide for slide in slides if not slide.is_empty][:MAX_SLIDES]
    return tuple(block for slide in shown for block in slide.blocks())


def is_title(block: ContentBlock) -> bool:
    """Whether a block begins a slide or an exercise."""
    is_body = isinstance(block, TextBlock) and not block.role
    return is_body and block.markdown.startswith(TITLE_MARK)  # type: ignore[union-attr]


def starts(blocks: Sequence[ContentBlock]) -> list[int]:
    """Where slides or exercises begin: positions in the blocks of a page."""
    return [position for position, block in enumerate(blocks) if is_title(block)]
