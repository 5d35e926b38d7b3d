"""A page as one Markdown text: for exports, search and programs."""

from __future__ import annotations

from deepwiki.wiki.content import BlockRole, DiagramBlock, PageContent, TextBlock
from deepwiki.wiki.pages.diagram_source import NotCompilable, mermaid
from deepwiki.wiki.pages.escaping import plain, prose

MAX_SUMMARY_CHARS = 400
QUOTATION, ITEM = "> ", "- "
MARKS = {
    BlockRole.NOTES: QUOTATION,
    BlockRole.HINT: QUOTATION,
    BlockRole.EXPLANATION: QUOTATION,
    BlockRole.CHOICE: ITEM,
    BlockRole.RIGHT_CHOICE: ITEM,
}


def markdown(content: PageContent, title: str = "") -> str:
    """The page with its title as heading; diagrams are blocks of Mermaid.

    A diagram that cannot be compiled is left out. `summary` stands under the title.
    """
    heads = [f"# {plain(title)}" * bool(title), prose(content.summary, MAX_SUMMARY_CHARS)]
    blocks = map(block_markdown, content.blocks)
    return "\n\n".join(filter(None, [*heads, *blocks, _questions(content)])) + "\n"


def _questions(content: PageContent) -> str:
    return "\n".join(f"- {prose(question)}" for question in content.questions)


def block_markdown(block: TextBlock | DiagramBlock) -> str:
    """One block as Markdown, empty for a diagram that cannot be compiled."""
    if isinstance(block, TextBlock):
        return with_mark(block)
    try:
        return _with_title(block.title, mermaid(block))
    except NotCompilable:
        return ""


def with_mark(block: TextBlock) -> str:
    """A text that shows what it is of a slide or an exercise: a quotation, an item."""
    mark = MARKS.get(block.role)
    if mark is None:
        return block.markdown
    return "\n".join(f"{mark}{line}".rstrip() for line in block.markdown.split("\n"))


def _with_title(title: str, source: str) -> str:
    return f"**{plain(title)}**\n\n```mermaid\n{source}\n```"
