"""Markdown cut into the paragraphs that are translated and what stands between them. Pure.

What must be the same before and after: code, links, tags, headings, lists, the shape of tables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
BACKTICKS = re.compile(r"(`+)")
LINK_TARGET = re.compile(r"\]\(([^()\s]{0,500})")
ADDRESS = re.compile(r"https?://[^\s()<>\[\]\"'`]{1,500}")
TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
LINE_START = re.compile(r"[ ]{0,12}(#{1,6} |> ?|[-*+] |\d{1,9}[.)] |\|)*")
PIPE = re.compile(r"(?<!\\)\|")
GROWTH = 4  # times that a translation may be longer, and this many characters
GROWTH_CHARS = 200
CODE_MARK = "\0"


@dataclass(frozen=True)
class MarkdownPiece:
    """A part of a text; only a paragraph with words is translated."""

    text: str
    is_translated: bool = False


def pieces(markdown: str) -> Iterator[MarkdownPiece]:
    """The parts of a text in order; put together, they are the text."""
    lines: list[str] = []
    fence = ""
    for line in markdown.splitlines(keepends=True):
        mark = FENCE.match(line)
        if fence or mark:
            if not fence:
                yield from _paragraph(lines)
                lines = []
            lines.append(line)
            if not fence:
                fence = mark[1] if mark else ""
            elif _closes(line, fence):
                yield MarkdownPiece("".join(lines))
                lines, fence = [], ""
        elif line.strip():
            lines.append(line)
        else:
            yield from _paragraph(lines)
            lines = []
            yield MarkdownPiece(line)
    if fence:
        yield MarkdownPiece("".join(lines))
    else:
        yield from _paragraph(lines)


def has_same_parts(original: str, translated: str) -> bool:
    """Whether a translated paragraph holds what has to stay: nothing lost, added or changed."""
    if not translated.strip() or len(translated) > GROWTH * len(original) + GROWTH_CHARS:
        return False
    return _parts(original) == _parts(translated)


def _closes(line: str, fence: str) -> bool:
    mark = FENCE.match(line)
    return mark is not None and mark[1].startswith(fence) and not line[mark.end() :].strip()


def _paragraph(lines: list[str]) -> Iterator[MarkdownPiece]:
    if lines:
        text = "".join(lines)
        body = text.rstrip("\r\n")
        yield MarkdownPiece(body, is_translated=not _is_indented(lines) and _has_words(body))
        if len(body) < len(text):
            yield MarkdownPiece(text[len(body) :])


def _is_indented(lines: list[str]) -> bool:
    """Whether it may be code without a fence."""
    return all(line.startswith(("    ", "\t")) for line in lines)


def _has_words(text: str) -> bool:
    prose, _ = _without_code(text)
    return any(char.isalpha() for char in LINK_TARGET.sub("](", prose))


def _parts(text: str) -> tuple[object, ...]:
    """What has to be the same in a translation."""
    prose, code = _without_code(text)
    lines = prose.splitlines()
    return (
        Counter(code),
        Counter(LINK_TARGET.findall(prose)),
        Counter(ADDRESS.findall(prose)),
        Counter(TAG.findall(prose)),
        _shape(lines),
        not all(line.strip() for line in lines),
        FENCE.search(prose) is not None,
    )


def _shape(lines: list[str]) -> list[tuple[str, int]]:
    """How lines begin and how many cells rows have; lines of prose may be wrapped elsewhere."""
    starts = [((LINE_START.match(line) or line)[0].strip(), _cells(line)) for line in lines]
    return [start for start in starts if start[0]]


def _cells(line: str) -> int:
    return len(PIPE.findall(line)) if line.lstrip().startswith("|") else 0


def _places(tokens: list[str]) -> dict[int, list[int]]:
    """By the length of a run of backticks, where such runs are, the last first."""
    places: dict[int, list[int]] = {}
    for at in reversed(range(1, len(tokens), 2)):
        places.setdefault(len(tokens[at]), []).append(at)
    return places


def _without_code(text: str) -> tuple[str, list[str]]:
    """The text with a mark in place of each inline code, and these. Linear, as CommonMark pairs."""
    tokens = BACKTICKS.split(text)
    ends = _places(tokens)
    prose, code, at = [tokens[0]], [], 1
    while at < len(tokens):
        later = ends[len(tokens[at])]
        while later and later[-1] <= at:
            later.pop()
        if later:
            code.append("".join(tokens[at : later[-1] + 1]))
            prose.append(CODE_MARK)
            at = later[-1]
        else:
            prose.append(tokens[at])
        prose.append(tokens[at + 1])
        at += 2
    return "".join(prose), code
