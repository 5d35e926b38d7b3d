"""Some lines of a text of any size, coloured: what is done for them is bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.safestring import SafeString

from chat.rendering import highlight_lines

MAX_LINES = 1_200  # of one window
MAX_LINE_CHARS = 2_000  # shown of a line
LEAD_CHARS = 6_000  # lexed before a window
WHOLE_CHARS = 12_000  # lexed from the begin
# A line at which a lexer can begin: not indented, after an empty one.
TOP_LEVEL = re.compile(r"\n[ \t\r]*\n(?=[A-Za-z_@#$])")


@dataclass(frozen=True)
class CodeLine:
    """A line as sanitized HTML; `hidden` characters at its end are left out."""

    number: int
    html: SafeString
    hidden: int = 0

    @property
    def label(self) -> str:
        """The number as it is shown, the same in every language."""
        return str(self.number)


def count_lines(text: str) -> int:
    """How many lines a text has, an empty one after a final newline included."""
    return text.count("\n") + 1


def line_start(text: str, number: int) -> int:
    """Where line `number`, from 1, begins; the text's length behind its end."""
    low, high, missing = 0, len(text), number - 1
    if missing <= 0:
        return 0
    while low < high:
        middle = (low + high) // 2
        newlines = text.count("\n", low, middle)
        if newlines >= missing:
            high = middle
        elif high - low == 1:
            low = high
        else:
            low, missing = middle, missing - newlines
    return low


def coloured_lines(text: str, language: str, first: int, last: int) -> list[CodeLine]:
    """Lines `first` to `last`, from 1, MAX_LINES at most. Blocks: for threads only."""
    last = min(last, first + MAX_LINES - 1, count_lines(text))
    if first > last:
        return []
    begin = line_start(text, first)
    lead = _lead_start(text, begin)
    skipped = text.count("\n", lead, begin)
    lines = text[lead : _lines_end(text, begin, last - first + 1)].split("\n")
    html = _highlight(lines, language, skipped + 1)
    return [
        _code_line(first + place, lines[skipped + place], line) for place, line in enumerate(html)
    ]


def _lines_end(text: str, begin: int, count: int) -> int:
    """Where `count` lines from `begin` on end, without the last newline."""
    end = begin - 1
    for _ in range(count):
        end = text.find("\n", end + 1)
        if end < 0:
            return len(text)
    return end


def _highlight(lines: list[str], language: str, first: int) -> list[SafeString]:
    """The lines from `first` on; those before are lexed with them."""
    shown = "\n".join(map(_shown, lines))
    return highlight_lines(shown, language, first, len(lines))


def _shown(line: str) -> str:
    """The begin of a line without carriage returns: HTML takes them for newlines."""
    return line[:MAX_LINE_CHARS].rstrip("\r").replace("\r", " ")


def _code_line(number: int, text: str, html: SafeString) -> CodeLine:
    return CodeLine(number, html, max(0, len(text) - MAX_LINE_CHARS))


def _lead_start(text: str, begin: int) -> int:
    """Where to begin lexing, so that a window that begins at `begin` has its colours."""
    if begin <= WHOLE_CHARS:
        return 0
    match = TOP_LEVEL.search(text, begin - LEAD_CHARS, begin)
    return match.end() if match else begin
