"""What the comment of a definition says, to the end of its first sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from deepwiki.wiki.pages.document_text import readable
from deepwiki.wiki.pages.escaping import code, prose
from deepwiki.wiki.pages.file_heads import first_sentence
from deepwiki.wiki.pages.symbol_reader import Symbol

LINES_ABOVE = 40
LINES_INSIDE = 30
MAX_CONTINUED = 6
MAX_LINE_CHARS = 400
MAX_CHARS = 220
MAX_SIGNATURE_CHARS = 90
MARKS = re.compile(r"^[\s/*#!;]+|[\s*/\"']+$")
# What ends a paragraph of a comment: a list, a directive, a tag, an underline.
NEW_PARAGRAPH = re.compile(r"^([-*+•]\s|\.\.\s|:\w+[: ](?!`)|@\w|[=\-~`]{3,}|>>>|\\\w)")
CLOSING = ('"""', "'''", "*/")
ENDS = (".", "!", "?", ":", "。")
LINE_MARKS = ("//", "# ", "--", "* ")


def described(symbol: Symbol, text: str = "") -> str:
    """The first sentence of a definition's comment as Markdown, else its signature as code."""
    if symbol.comment:
        return prose(sentence(symbol, text), MAX_CHARS)
    return code(symbol.signature, MAX_SIGNATURE_CHARS)


def sentence(symbol: Symbol, text: str) -> str:
    """The first sentence of a definition's comment, found again in the text of its file."""
    return first_sentence(readable(" ".join(_continued(symbol, text.split("\n")))))


def _continued(symbol: Symbol, lines: Sequence[str]) -> Iterator[str]:
    """The first line of the comment with those that go on with it."""
    yield symbol.comment
    row = _row_of(symbol, lines)
    if row is None or symbol.comment.endswith(ENDS) or _is_closed(lines[row]):
        return
    for line in lines[row + 1 : row + 1 + MAX_CONTINUED]:
        shown = MARKS.sub("", line[:MAX_LINE_CHARS]).strip()
        if not _goes_on(lines[row], line) or not shown or NEW_PARAGRAPH.match(shown):
            return
        yield shown
        if _is_closed(line):
            return


def _is_closed(line: str) -> bool:
    """Whether a line ends a comment; one that opens with the same mark does not."""
    return line.rstrip().endswith(CLOSING) and line.strip() not in CLOSING


def _goes_on(first: str, line: str) -> bool:
    """Whether a line has the mark that the first line of its comment has, if that has one."""
    mark = first.strip()[:2]
    is_open = not line.strip().startswith(CLOSING)
    return is_open and (mark not in LINE_MARKS or line.strip().startswith(mark.strip()))


def _row_of(symbol: Symbol, lines: Sequence[str]) -> int | None:
    """The row (from 0) of the line that the comment was taken from."""
    start = symbol.start - 1
    inside = range(start, min(len(lines), symbol.end, start + LINES_INSIDE))
    above = range(min(start, len(lines)) - 1, max(-1, start - LINES_ABOVE), -1)
    rows = chain(inside, above)
    return next((row for row in rows if symbol.comment in lines[row]), None)
