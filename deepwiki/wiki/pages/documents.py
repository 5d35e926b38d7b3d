"""Documents such as a README: their sections and paragraphs with line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from deepwiki.wiki.pages.document_text import readable

MAX_LINES = 2_000
MAX_LINE_CHARS = 1_000
MAX_SECTIONS = 6  # that are looked at for what a document is about
MAX_OPENING = 12  # lines between a heading and what it is about
MAX_GAP = 6  # lines between paragraphs that belong together
MIN_CHARS = 30
HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
UNDERLINE = re.compile(r"^([=\-~^\"'*+#.])\1{2,}\s*$")
FENCE = re.compile(r"^\s*(```+|~~~+)")
DIRECTIVE = re.compile(r"^\s*\.\.(\s|$)")
CODE_DIRECTIVE = re.compile(r"^\s*\.\. (code|code-block|sourcecode|parsed-literal)::")
DEFINITION = re.compile(r"^\s*\[[^\]]{1,100}\]:\s")
ITEM = re.compile(r"^\s*([-*+•]|\d{1,3}[.)])\s")
TABLE_ROW = re.compile(r"^\s*[|+]")
INDENTED = ("    ", "\t", "   ")
FRONT_MATTER = "---"


@dataclass(frozen=True)
class Paragraph:
    """Lines `start`..`end` (1-based). `kind` is `text`, `item` (of a list) or `code`."""

    text: str
    start: int
    end: int
    kind: str = "text"
    lines: Sequence[str] = ()

    @property
    def says_something(self) -> bool:
        """Whether it is a sentence and not a badge, an address or a heading of a list."""
        letters = sum(map(str.isalpha, self.text))
        is_sentence = len(self.text) > MIN_CHARS and letters > len(self.text) * 0.6
        return self.kind == "text" and is_sentence and not self.text.endswith(":")


@dataclass
class Section:
    """A heading (empty at the top) with what stands under it."""

    title: str
    line: int
    paragraphs: list[Paragraph] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Its last line."""
        return self.paragraphs[-1].end if self.paragraphs else self.line

    @property
    def sentences(self) -> list[Paragraph]:
        """Its paragraphs that say something."""
        return [each for each in self.paragraphs if each.says_something]

    @property
    def opening(self) -> list[Paragraph]:
        """The same, where the section begins with them."""
        found = self.sentences
        return found if found and found[0].start - self.line <= MAX_OPENING else []


@dataclass
class _Document:
    """Reads the lines of a document block by block."""

    lines: Sequence[str]
    is_code_next: bool = False

    def sections(self) -> list[Section]:
        found = [Section("", 1)]
        row = self._after_front_matter()
        while row < len(self.lines):
            row = self._read(row, found)
        return [section for section in found if section.title or section.paragraphs]

    def _read(self, row: int, found: list[Section]) -> int:
        """Read the block on a row; returns the row behind it."""
        if not self.lines[row].strip():
            return row + 1
        heading = self._heading(row)
        if heading is not None:
            title, height = heading
            found.append(Section(readable(title), row + 1))
            return row + height
        end = self._block_end(row)
        found[-1].paragraphs += self._paragraphs(row, end)
        return end + 1

    def _after_front_matter(self) -> int:
        return self.lines.index(FRONT_MATTER, 1) + 1 if self._has_front_matter else 0

    @property
    def _has_front_matter(self) -> bool:
        return self.lines[:1] == [FRONT_MATTER] and FRONT_MATTER in self.lines[1:40]

    def _heading(self, row: int) -> tuple[str, int] | None:
        """The title of a heading on a row, and how many rows it takes."""
        match = HEADING.match(self.lines[row])
        if match is not None:
            return match[2], 1
        if self._is_underline(row):
            return (self._line(row + 1), 3) if self._is_underline(row + 2) else None
        is_title = self._is_underline(row + 1) and _may_be_title(self._line(row))
        return (self._line(row), 2) if is_title and not self._line(row - 1) else None

    def _line(self, row: int) -> str:
        return self.lines[row].strip() if 0 <= row < len(self.lines) else ""

    def _is_underline(self, row: int) -> bool:
        return bool(UNDERLINE.match(self._line(row)))

    def _block_end(self, row: int) -> int:
        """The last row of the block that begins on a row."""
        fence = FENCE.match(self.lines[row])
        return self._text_end(row) if fence is None else self._closing_fence(row, fence[1])

    def _text_end(self, row: int) -> int:
        end = row
        while self._goes_on(end + 1):
            end += 1
        return end

    def _goes_on(self, row: int) -> bool:
        line = self._line(row)
        return bool(line) and not FENCE.match(line) and not HEADING.match(line)

    def _closing_fence(self, row: int, mark: str) -> int:
        rows = range(row + 1, len(self.lines))
        last = len(self.lines) - 1
        return next((each for each in rows if self._line(each).startswith(mark)), last)

    def _paragraphs(self, row: int, end: int) -> Iterator[Paragraph]:
        block = self.lines[row : end + 1]
        if FENCE.match(block[0]):
            yield from _fenced(block, row)
        elif all(line.startswith(INDENTED) for line in block):
            yield from self._indented(block, row)
        elif not DEFINITION.match(block[0]):
            yield from self._text(block, row)

    def _indented(self, block: Sequence[str], row: int) -> Iterator[Paragraph]:
        """Code, if a mark of code stands before it."""
        is_markdown = block[0].startswith(("    ", "\t")) and not self.is_code_next
        if self.is_code_next or (is_markdown and not DIRECTIVE.match(block[0])):
            lines = [line.removeprefix(_margin(block)) for line in block]
            yield Paragraph("", row + 1, row + len(block), "code", lines)

    def _text(self, block: Sequence[str], row: int) -> Iterator[Paragraph]:
        self.is_code_next = bool(CODE_DIRECTIVE.match(block[0])) or block[-1].endswith("::")
        if not DIRECTIVE.match(block[0]) and not TABLE_ROW.match(block[0]):
            yield from filter(_has_text, _items(block, row))


def sections_of(text: str) -> list[Section]:
    """The sections of a document in Markdown or reStructuredText."""
    return _Document(_lines(text)).sections()


def _lines(text: str) -> list[str]:
    lines = text.split("\n", MAX_LINES)[:MAX_LINES]
    return [line[:MAX_LINE_CHARS].rstrip() for line in lines]


def about(sections: Sequence[Section], count: int) -> list[Paragraph]:
    """The first paragraphs that stand together, of the first section that has some."""
    found = filter(None, (section.opening for section in sections[:MAX_SECTIONS]))
    return _together(next(found, []))[:count]


def _together(found: Sequence[Paragraph]) -> list[Paragraph]:
    kept = list(found[:1])
    for paragraph in found[1:]:
        if paragraph.start - kept[-1].end > MAX_GAP:
            break
        kept.append(paragraph)
    return kept


def _fenced(block: Sequence[str], row: int) -> Iterator[Paragraph]:
    is_closed = len(block) > 1 and FENCE.match(block[-1])
    inner = block[1:-1] if is_closed else block[1:]
    if any(map(str.strip, inner)):
        yield Paragraph("", row + 2, row + 1 + len(inner), "code", inner)


def _margin(block: Sequence[str]) -> str:
    return block[0][: len(block[0]) - len(block[0].lstrip())]


def _items(block: Sequence[str], row: int) -> Iterator[Paragraph]:
    """The items of a list, or the one paragraph that a block is."""
    starts = [number for number, line in enumerate(block) if ITEM.match(line)]
    if starts[:1] != [0]:
        starts = [0]
    for start, end in pairwise([*starts, len(block)]):
        yield _paragraph(block[start:end], row + start)


def _paragraph(lines: Sequence[str], row: int) -> Paragraph:
    kind = "item" if ITEM.match(lines[0]) else "text"
    text = readable(ITEM.sub("", " ".join(map(str.strip, lines)))).removesuffix("::")
    return Paragraph(text, row + 1, row + len(lines), kind)


def _has_text(paragraph: Paragraph) -> bool:
    return bool(paragraph.text)


def _may_be_title(line: str) -> bool:
    return 0 < len(line) < 100 and not ITEM.match(line)
