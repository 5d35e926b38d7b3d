"""Syntax highlighting of code blocks and source files with Pygments, in bounded time.

Lexers of Pygments are regular expressions, many of them quadratic for some input. What
cannot be lexed in time is shown without colours.
"""

from __future__ import annotations

import html

from pygments import format as format_tokens
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Text, _TokenType
from pygments.util import ClassNotFound

from chat.rendering.cpu_limit import CpuLimitExceeded, cpu_limit
from chat.rendering.sanitizer import clean

MAX_HIGHLIGHT_CHARS = 40_000
MAX_HIGHLIGHT_LINES = 4_000
HIGHLIGHT_SECONDS = 0.3  # of CPU time; 40,000 characters of Python take 0.1
Tokens = list[tuple[_TokenType, str]]


def highlight_code(code: str, language: str) -> str:
    """`code` as HTML with Pygments' class names, not sanitized.

    Only escaped where the language is unknown, behind the first MAX_HIGHLIGHT_CHARS or
    MAX_HIGHLIGHT_LINES, and behind what takes longer than HIGHLIGHT_SECONDS.
    """
    lexer = _lexer(language)
    if lexer is None:
        return html.escape(code)
    end = _coloured_chars(code)
    return _format(_lex(lexer, code[:end])) + html.escape(code[end:])


def highlight_lines(code: str, language: str, first: int, last: int) -> list[str]:
    """Lines `first` to `last`, from 1, of a source file, highlighted and sanitized.

    The file is lexed from its beginning, or from line `first` where that is too far.
    """
    lines = code.split("\n")
    start = _lexed_from(lines, first, last)
    marked = highlight_code("\n".join(lines[start - 1 : last]), language).split("\n")
    return [clean(line) for line in marked[first - start : last - start + 1]]


def _lexed_from(lines: list[str], first: int, last: int) -> int:
    """The line to start lexing at, so that `last` is still within the bounds."""
    chars = sum(len(line) + 1 for line in lines[:last])
    if chars > MAX_HIGHLIGHT_CHARS or last > MAX_HIGHLIGHT_LINES:
        return first
    return 1


def _coloured_chars(code: str) -> int:
    """Where the bounds end in `code`: its length, or the end of a line."""
    head = code[:MAX_HIGHLIGHT_CHARS].split("\n", MAX_HIGHLIGHT_LINES)
    if len(head) <= MAX_HIGHLIGHT_LINES and len(code) <= MAX_HIGHLIGHT_CHARS:
        return len(code)
    return sum(len(line) + 1 for line in head[:-1])


def _lex(lexer: Lexer, code: str) -> Tokens:
    """The tokens of `code`; what is left when the time is up is one plain token."""
    tokens: Tokens = []
    end = 0
    try:
        with cpu_limit(HIGHLIGHT_SECONDS):
            for start, kind, value in lexer.get_tokens_unprocessed(code):
                tokens.append((kind, value))
                end = start + len(value)
    except CpuLimitExceeded:
        pass
    if end < len(code):
        tokens.append((Text, code[end:]))
    return tokens


def _format(tokens: Tokens) -> str:
    """HTML without the newline that the formatter adds at the end."""
    ends_line = not tokens or tokens[-1][1].endswith("\n")
    markup: str = format_tokens(iter(tokens), HtmlFormatter(nowrap=True))
    return markup if ends_line else markup.removesuffix("\n")


def _lexer(language: str) -> Lexer | None:
    if not language:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
