"""Syntax trees of files, bounded in time and depth."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from tree_sitter import Parser, Tree

from repos.indexing.languages import parser_for

PARSE_SECONDS = 3.0
READ_BYTES = 65_536
MAX_INDENT = 160
MAX_BRACKETS = 400
# Grammars whose scanner looks every character up in C's tables of 256: others crash it.
NARROW = frozenset({"bash"})
WIDE_CHARACTER = re.compile(r"[^\x00-\xff]")


@dataclass(frozen=True)
class SyntaxTree:
    """A tree and the bytes whose offsets its nodes name."""

    tree: Tree
    data: bytes


def syntax_tree(language: str, text: str, rows: list[str]) -> SyntaxTree | None:
    """The syntax tree of a file's text, whose lines are `rows`.

    None for a language without a grammar, for nesting no person writes, and for a file
    whose parse takes longer than PARSE_SECONDS.
    """
    parser = parser_for(language)
    if parser is None or _is_nested_too_deep(rows):
        return None
    source = WIDE_CHARACTER.sub("_", text) if language in NARROW else text
    data = source.encode("utf-8", "replace")
    tree = _parse(parser, data)
    return SyntaxTree(tree, data) if tree is not None else None


def _parse(parser: Parser, data: bytes) -> Tree | None:
    """The syntax tree, None at the deadline."""
    deadline = time.monotonic() + PARSE_SECONDS
    try:
        # The progress callback is only called if the parser reads through a function.
        return parser.parse(
            lambda offset, _point: data[offset : offset + READ_BYTES],
            progress_callback=lambda *_: time.monotonic() > deadline,
        )
    except ValueError:  # stopped by the callback
        parser.reset()
        return None


def _is_nested_too_deep(lines: list[str]) -> bool:
    """Nesting no person writes.

    Some grammars keep it in a buffer of fixed size and crash the process beyond that.
    """
    depth = 0
    for line in lines:
        indent = len(line) - len(line.lstrip(" \t"))
        if indent > MAX_INDENT or line.count("- ") > MAX_INDENT:
            return True
        depth = max(0, depth + _bracket_balance(line))
        if depth > MAX_BRACKETS:
            return True
    return False


def _bracket_balance(line: str) -> int:
    return sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
