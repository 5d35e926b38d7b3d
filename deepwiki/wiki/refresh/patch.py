"""Paragraphs of a page whose lines have changed: asked of a model, and put in their places. Pure.

A paragraph is a block of the page's Markdown: an item of a list, a row, a heading has its own.
They are counted over all text blocks of the page, from 0. Code blocks are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from chat.core.citation_search import find
from chat.core.citations import Citation
from chat.core.prompt import neutralize
from deepwiki.foundation.text import clean_text
from deepwiki.wiki.content import ContentBlock, PageContent, TextBlock
from deepwiki.wiki.ledger.page_sentences import blocks
from deepwiki.wiki.writing.prompt_parts import fact_block, file_block

INSTRUCTIONS = Path(__file__).with_name("patch_prompt.md").read_text("utf-8").strip()
ANSWER = re.compile(r'<paragraph n="(\d{1,6})">(.*?)</paragraph>', re.DOTALL)
SUMMARY = re.compile(r"<summary>([^<>]{1,600})</summary>")
OWN_MARKERS = re.compile(r"<(?=\s{0,9}/?\s{0,9}(?:paragraph|summary)\b)", re.IGNORECASE)
FENCE = "```"
MAX_ANSWER_CHARS = 40_000
MAX_GROWTH = 4  # times its length may a paragraph become
MIN_ROOM = 1_500  # characters that any paragraph may have
PARAGRAPHS_AT_ONCE = 30


@dataclass(frozen=True)
class PageParagraph:
    """A block of text; `gap` is the whitespace before it."""

    place: int
    gap: str
    text: str

    @property
    def has_code(self) -> bool:
        """Whether a code block begins or ends in it."""
        return FENCE in self.text


@dataclass(frozen=True)
class ShownLines:
    """Lines of the present state of a file that the model is shown; `text` is numbered."""

    cited: Citation
    text: str


@dataclass(frozen=True)
class PagePatch:
    """What a model answered: new texts by place, and a summary where that became wrong."""

    paragraphs: Mapping[int, str]
    summary: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing of what the model answered is used."""
        return not self.paragraphs

    def has(self, place: int) -> bool:
        """Whether a paragraph was written anew."""
        return place in self.paragraphs


def paragraphs_of(content: PageContent) -> list[PageParagraph]:
    """All paragraphs of a page, in order."""
    return [paragraph for _, found in _by_block(content.blocks) for paragraph in found]


def citing(content: PageContent, cited: Collection[Citation]) -> list[PageParagraph]:
    """The paragraphs that cite any of these lines, PARAGRAPHS_AT_ONCE at most."""
    wanted = set(cited)
    found = [
        paragraph
        for paragraph in paragraphs_of(content)
        if not paragraph.has_code and not wanted.isdisjoint(find(paragraph.text))
    ]
    return found[:PARAGRAPHS_AT_ONCE]


def linking(content: PageContent, slug: str) -> list[PageParagraph]:
    """The paragraphs that link to a page of the wiki, PARAGRAPHS_AT_ONCE at most."""
    link = f"(wiki:{slug})"
    found = [paragraph for paragraph in paragraphs_of(content) if link in paragraph.text]
    return [paragraph for paragraph in found if not paragraph.has_code][:PARAGRAPHS_AT_ONCE]


def patch_prompt(
    title: str, summary: str, paragraphs: Sequence[PageParagraph], shown: Sequence[ShownLines]
) -> str:
    """What the model is asked, behind INSTRUCTIONS. Texts of pages and files stand in fences."""
    head = fact_block("page", f"title: {_line(title)}\nsummary: {_line(summary)}")
    return "\n\n".join([head, *map(_asked, paragraphs), *map(_lines, shown)])


def news_block(slug: str, summary: str) -> str:
    """What a page below says now."""
    return fact_block("page below", f"The summary of wiki:{slug} is now: {_line(summary)}")


def parse_patch(answer: str, paragraphs: Sequence[PageParagraph]) -> PagePatch:
    """The paragraphs that a model wrote anew; what it was not asked for is left out.

    So are texts that grew out of bounds, and those with code blocks.
    """
    answer = clean_text(answer[:MAX_ANSWER_CHARS])
    asked = {paragraph.place: paragraph for paragraph in paragraphs}
    found: dict[int, str] = {}
    for match in ANSWER.finditer(answer):
        paragraph = asked.get(int(match[1]))
        if paragraph is not None and _is_acceptable(match[2].strip(), paragraph):
            found[paragraph.place] = match[2].strip()
    summary = SUMMARY.search(answer)
    return PagePatch(found, "" if summary is None else " ".join(summary[1].split()))


def patched(content: PageContent, patch: PagePatch) -> PageContent:
    """The page with new paragraphs in the places of the old; an empty one is removed."""
    made = tuple(
        _with_texts(block, _texts(found, patch.paragraphs))
        for block, found in _by_block(content.blocks)
    )
    return replace(content, blocks=made, summary=patch.summary or content.summary)


def _with_texts(block: ContentBlock, texts: Iterable[str]) -> ContentBlock:
    """A text keeps its role: what it is of a slide or an exercise."""
    if isinstance(block, TextBlock):
        return replace(block, markdown="".join(texts))
    return block


def _texts(paragraphs: Sequence[PageParagraph], new: Mapping[int, str]) -> Iterator[str]:
    for paragraph in paragraphs:
        text = new.get(paragraph.place, paragraph.text)
        if text or not paragraph.text:
            yield paragraph.gap + text


def _by_block(
    content: Sequence[ContentBlock],
) -> Iterator[tuple[ContentBlock, list[PageParagraph]]]:
    place = 0
    for block in content:
        found: list[PageParagraph] = []
        if isinstance(block, TextBlock):
            for gap, text in blocks(block.markdown):
                found.append(PageParagraph(place, gap, text))
                place += 1
        yield block, found


def _asked(paragraph: PageParagraph) -> str:
    text = neutralize(_without_markers(paragraph.text)).strip()
    return f'<paragraph n="{paragraph.place}">\n{text}\n</paragraph>'


def _lines(shown: ShownLines) -> str:
    cited = shown.cited
    text = _without_markers(shown.text) or "(the file is gone)"
    return file_block(_line(cited.path), cited.start, cited.end, text)


def _line(text: str) -> str:
    return " ".join(_without_markers(text).splitlines())


def _without_markers(text: str) -> str:
    """Text in which nothing looks like the markers of paragraphs and summaries."""
    return OWN_MARKERS.sub("‹", text.replace("\r", ""))


def _is_acceptable(text: str, paragraph: PageParagraph) -> bool:
    room = max(MIN_ROOM, MAX_GROWTH * len(paragraph.text))
    return len(text) <= room and FENCE not in text and "~~~" not in text
