"""Collects the blocks of a page within its limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from deepwiki.wiki.content import ContentBlock, DiagramBlock, PageContent, TextBlock
from deepwiki.wiki.pages.diagram_source import NotCompilable, mermaid
from deepwiki.wiki.pages.escaping import MAX_CELL_CHARS, table
from deepwiki.wiki.pages.sentences import Translator

MAX_PAGE_CHARS = 60_000
RESERVED_CHARS = 1_000  # for the sentence that says that a page is cut
MAX_QUESTIONS = 5
SHORT_ROWS = 20


@dataclass
class PageBuilder:
    """Blocks of a page as they are added; what would be too long is counted."""

    say: Translator
    blocks: list[ContentBlock] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    left_out_diagrams: int = 0
    left_out_sections: int = 0
    chars: int = 0

    def text(self, *paragraphs: str) -> None:
        """Add paragraphs, the empty ones left out."""
        markdown = "\n\n".join(filter(None, paragraphs))
        if markdown:
            self._add(TextBlock(markdown), self.say.length(markdown))

    def section(self, key: str, *paragraphs: str) -> None:
        """Add a heading with its paragraphs; nothing without any."""
        if any(paragraphs):
            self.text(f"## {self.say(key)}", *paragraphs)

    def diagram(self, block: DiagramBlock | None) -> None:
        """Add a diagram; one that cannot be drawn is counted."""
        if block is None:
            return
        try:
            self._add(block, len(mermaid(block)))
        except NotCompilable:
            self.left_out_diagrams += 1

    def rows(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        limit: int = SHORT_ROWS,
        total: int | None = None,
    ) -> str:
        """A table of the first rows, `heads` are keys; empty without rows.

        `total` counts rows that are not given, too. A cell that is too long is left empty.
        """
        if not rows:
            return ""
        shown = [[cell * self._is_short(cell) for cell in row] for row in rows[:limit]]
        text = table([self.say(f"column_{head}") for head in heads], shown)
        more = max(total or 0, len(rows)) - min(limit, len(rows))
        return "\n\n".join(filter(None, [text, self.say.of_any("more_rows", count=more)]))

    def ask(self, key: str, **values: object) -> None:
        """Add a question that a reader may ask next."""
        questions = dict.fromkeys([*self.questions, self.say(key, **values)])
        self.questions = list(questions)[:MAX_QUESTIONS]

    def content(self, summary: str) -> PageContent:
        """The page, with a last sentence if it is cut."""
        if self.left_out_sections:
            cut = self.say("page_is_cut", count=self.left_out_sections)
            self.blocks.append(TextBlock(cut))
        return PageContent(
            summary, tuple(self.blocks), tuple(self.questions), self.left_out_diagrams
        )

    def _add(self, block: ContentBlock, chars: int) -> None:
        if not self._fits(chars):
            self.left_out_sections += 1
            return
        self.chars += chars
        self.blocks.append(block)

    def _is_short(self, cell: str) -> bool:
        return self.say.length(cell) <= MAX_CELL_CHARS

    def _fits(self, chars: int) -> bool:
        return self.chars + chars <= MAX_PAGE_CHARS - RESERVED_CHARS
