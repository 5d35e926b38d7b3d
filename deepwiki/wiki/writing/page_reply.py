"""What a model returned for a page, as blocks. Nothing of it is trusted. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from deepwiki.wiki.content import ContentBlock, DiagramBlock, TextBlock
from deepwiki.wiki.ledger.page_sentences import sentences

MAX_PAGE_CHARS = 60_000
MAX_SUMMARY_CHARS = 300
MAX_QUESTIONS = 5
MAX_QUESTION_CHARS = 200
MAX_DIAGRAMS = 6
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([\w-]*)[^`\n]*$")
SUMMARY = re.compile(r"^\W{0,4}SUMMARY\W{0,4}:\W{0,4}\s*(.+)$", re.IGNORECASE)
QUESTIONS = re.compile(r"^#{2,6}\s+Questions\s*:?\s*$", re.IGNORECASE)
ITEM = re.compile(r"^\s{0,3}(?:[-*+]|\d{1,2}[.)])\s+(.+)$")
TOP_HEADING = re.compile(r"^#\s+")
CODE = re.compile(r"(`[^`\n]*`)")
TAG = re.compile(r"<(?=[a-zA-Z/!?])")
DRAWINGS = frozenset({"diagram", "mermaid"})
ReadDiagram = Callable[[str], DiagramBlock | None]


@dataclass(frozen=True)
class PageReply:
    """The parts of a page; `left_out` counts the drawings that were none. `is_cut` at a bound."""

    summary: str
    blocks: tuple[ContentBlock, ...]
    questions: tuple[str, ...] = ()
    left_out: int = 0
    is_cut: bool = False

    @property
    def text(self) -> str:
        """The text without its drawings."""
        return _text_of(self.blocks)


def read_page(reply: str, read_diagram: ReadDiagram, *, is_cut: bool = False) -> PageReply:
    """The page that a reply holds. Raises nothing.

    `read_diagram` returns None for what is no drawing of this repository; such a one is left
    out and counted, as is Mermaid. Markup of HTML is shown as it is written.
    """
    bounded, was_bounded = _bounded(_unwrapped(reply.strip()))
    reading = _Reading(read_diagram)
    for is_code, language, lines in _segments(bounded.splitlines()):
        if is_code:
            reading.code(language, lines)
        else:
            reading.prose(lines)
    return reading.page(is_cut=is_cut or was_bounded)


@dataclass
class _Reading:
    read_diagram: ReadDiagram
    summary: str = ""
    blocks: list[ContentBlock] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    left_out: int = 0
    in_questions: bool = False

    def prose(self, lines: list[str]) -> None:
        for line in lines:
            if not self._is_summary(line) and not self._is_question(line):
                self.lines.append(_escaped(TOP_HEADING.sub("## ", line)))

    def code(self, language: str, lines: list[str]) -> None:
        if language not in DRAWINGS:
            self.lines += lines
            return
        drawing = self._drawing(language, lines[1:-1])
        if drawing is None:
            self.left_out += 1
            return
        self._end_text()
        self.blocks.append(drawing)

    def page(self, *, is_cut: bool) -> PageReply:
        self._end_text()
        return PageReply(
            self.summary or self._first_sentence(),
            tuple(self.blocks),
            tuple(self.questions[:MAX_QUESTIONS]),
            self.left_out,
            is_cut,
        )

    def _drawing(self, language: str, lines: list[str]) -> DiagramBlock | None:
        if language != "diagram" or self._drawn >= MAX_DIAGRAMS:
            return None
        return self.read_diagram("\n".join(lines))

    @property
    def _drawn(self) -> int:
        return sum(isinstance(block, DiagramBlock) for block in self.blocks)

    def _is_summary(self, line: str) -> bool:
        found = SUMMARY.match(line)
        if found is None or self.summary or self.blocks:
            return False
        self.summary = found[1].strip(" *_")[:MAX_SUMMARY_CHARS]
        return True

    def _is_question(self, line: str) -> bool:
        if line.startswith("#"):
            self.in_questions = bool(QUESTIONS.match(line))
        if self.in_questions:
            self._add_question(line)
        return self.in_questions

    def _add_question(self, line: str) -> None:
        item = ITEM.match(line)
        if item is not None:
            self.questions.append(item[1].strip()[:MAX_QUESTION_CHARS])

    def _end_text(self) -> None:
        text = "\n".join(self.lines).strip()
        if text:
            self.blocks.append(TextBlock(text))
        self.lines = []

    def _first_sentence(self) -> str:
        """With what it cites, by which one knows whether it stands; empty where that is too long."""
        lines = filter(_is_prose, _text_of(self.blocks).splitlines())
        first = next(sentences(next(lines, "")), "").strip()
        return first if len(first) <= MAX_SUMMARY_CHARS else ""


def _text_of(blocks: Iterable[ContentBlock]) -> str:
    texts = (block.markdown for block in blocks if isinstance(block, TextBlock))
    return "\n\n".join(texts)


def _is_prose(line: str) -> bool:
    return line[:1].isalnum()


def _unwrapped(reply: str) -> str:
    """A reply that is one block of Markdown, without its fence."""
    first, _, rest = reply.partition("\n")
    fence = FENCE.match(first)
    if fence is None or fence[2].lower() not in ("markdown", "md") or not rest.endswith(fence[1]):
        return reply
    return rest[: -len(fence[1])].strip()


def _bounded(reply: str) -> tuple[str, bool]:
    """At most MAX_PAGE_CHARS, cut behind a paragraph where there is one."""
    if len(reply) <= MAX_PAGE_CHARS:
        return reply, False
    return _whole_paragraphs(reply[:MAX_PAGE_CHARS]), True


def _whole_paragraphs(text: str) -> str:
    paragraphs = text.rpartition("\n\n")[0]
    if len(paragraphs) > MAX_PAGE_CHARS // 2:
        return paragraphs
    return text


def _segments(lines: list[str]) -> Iterator[tuple[bool, str, list[str]]]:
    """Prose and blocks of code with their fences; a fence that is not closed is, at the end."""
    prose: list[str] = []
    position = 0
    while position < len(lines):
        fence = FENCE.match(lines[position])
        if fence is None:
            prose.append(lines[position])
            position += 1
            continue
        yield False, "", prose
        prose = []
        end = _end_of_code(lines, position, fence[1])
        yield True, fence[2].lower(), [*lines[position:end], fence[1]]
        position = end + 1
    yield False, "", prose


def _end_of_code(lines: list[str], start: int, fence: str) -> int:
    """The position of the closing fence; that behind the last line without one."""
    ends = (at for at in range(start + 1, len(lines)) if _is_fence(lines[at].strip(), fence))
    return next(ends, len(lines))


def _is_fence(line: str, fence: str) -> bool:
    return line.startswith(fence) and not line.strip(fence[0])


def _escaped(line: str) -> str:
    """Markup of HTML outside of code, as it is written."""
    return "".join(map(_escaped_part, CODE.split(line)))


def _escaped_part(part: str) -> str:
    if part.startswith("`"):
        return part
    return TAG.sub("&lt;", part)
