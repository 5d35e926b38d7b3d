"""Syntax highlighting of code blocks and source files with Pygments."""

from __future__ import annotations

import html

from django.utils.safestring import SafeString
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from chat.rendering.sanitizer import sanitize

MAX_HIGHLIGHT_CHARS = 40_000


def highlight_code(code: str, language: str) -> str:
    """`code` as HTML with Pygments' class names, not sanitized.

    Only escaped if the language is unknown or the code longer than MAX_HIGHLIGHT_CHARS.
    """
    lexer = _lexer(language)
    if lexer is None or len(code) > MAX_HIGHLIGHT_CHARS:
        return html.escape(code)
    return highlight(code, lexer, HtmlFormatter(nowrap=True))


def highlight_lines(code: str, language: str) -> list[SafeString]:
    """The lines of a source file, highlighted and sanitized one by one."""
    return [sanitize(line) for line in highlight_code(code, language).split("\n")]


def _lexer(language: str) -> Lexer | None:
    if not language:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
