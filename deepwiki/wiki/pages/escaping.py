"""Text of a repository as Markdown that shows it and does nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_NAME_CHARS = 80
MAX_TEXT_CHARS = 300
MAX_CELL_CHARS = 600
MAX_INPUT_CHARS = 4_000  # of one text that is looked at
MARKUP = re.compile(r"([\\`*_\[\]<>~$&])")
LINE_START = re.compile(r"^([-+#=|]|\d{1,9}(?=[.)]))")
CODE_SPAN = re.compile(r"(`+)([^`]{1,200})\1")
BACKTICKS = re.compile(r"`+")
OPEN_PIPE = re.compile(r"(?<!\\)\|")
ELLIPSIS = "…"


def one_line(text: str, limit: int) -> str:
    """A text on one line, without characters that are not shown, cut at a word."""
    words = " ".join(text[:MAX_INPUT_CHARS].split())
    shown = "".join(filter(str.isprintable, words)).strip()
    if len(shown) <= limit:
        return shown
    cut = shown[: limit - 1]
    head = cut.rpartition(" ")[0]
    return (head if len(head) > limit // 2 else cut).rstrip(" ,;:") + ELLIPSIS


def plain(text: str, limit: int = MAX_TEXT_CHARS) -> str:
    """A text whose markup is shown as it is written."""
    return _escaped(one_line(text, limit))


def prose(text: str, limit: int = MAX_TEXT_CHARS) -> str:
    """As `plain`, but what stands between backticks is code."""
    shown = one_line(text, limit)
    pieces = []
    position = 0
    for span in CODE_SPAN.finditer(shown):
        pieces.append(_escaped(shown[position : span.start()]) + code(span[2], MAX_TEXT_CHARS))
        position = span.end()
    pieces.append(_escaped(shown[position:]))
    return "".join(pieces)


def code(text: str, limit: int = MAX_NAME_CHARS) -> str:
    """A name as inline code; empty for an empty one."""
    shown = one_line(text, limit)
    if not shown:
        return ""
    runs = BACKTICKS.findall(shown)
    fence = "`" * (max(map(len, runs), default=0) + 1)
    padding = " " if runs else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def link(title: str, slug: str) -> str:
    """A link to another page of the wiki."""
    return f"[{plain(title, MAX_NAME_CHARS)}](wiki:{slug})"


def fenced(lines: Sequence[str], language: str = "") -> str:
    """Lines as a block of code, whatever they hold; each is cut at MAX_TEXT_CHARS."""
    shown = [_visible(line) for line in lines]
    longest = max((len(run) for line in shown for run in BACKTICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    name = "".join(filter(str.isalnum, language))[:20]
    return "\n".join([f"{fence}{name}", *shown, fence])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown cells."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, cells)) + " |" for cells in lines)


def _cell(text: str) -> str:
    return OPEN_PIPE.sub(r"\\|", text)


def _escaped(text: str) -> str:
    return LINE_START.sub(r"\\\1", MARKUP.sub(r"\\\1", text))


def _visible(line: str) -> str:
    shown = line[: MAX_TEXT_CHARS + 1].expandtabs(4)
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown)
    return shown if len(shown) <= MAX_TEXT_CHARS else shown[: MAX_TEXT_CHARS - 1] + ELLIPSIS
