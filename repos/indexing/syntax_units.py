"""Units from tree-sitter: whole definitions, divided only where they are too large."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from tree_sitter import Node, Parser, Tree

from repos.indexing.definitions import defined_names, definition_name
from repos.indexing.languages import parser_for
from repos.indexing.units import Names, SourceText, Unit
from repos.indexing.windows import divided, windows

PARSE_SECONDS = 3.0
READ_BYTES = 65_536
MAX_DEPTH = 40
MAX_INDENT = 160
MAX_BRACKETS = 400
MAX_GAP = 11  # rows
# Grammars whose scanner looks every character up in C's tables of 256: others crash it.
NARROW = frozenset({"bash"})
WIDE_CHARACTER = re.compile(r"[^\x00-\xff]")


def syntax_units(language: str, text: str, source: SourceText) -> Iterator[Unit]:
    """Units that cover every row, in order, each small enough for a chunk.

    Windows of lines for a language without a grammar, for nesting no person writes, and
    for a file whose parse takes longer than PARSE_SECONDS.
    """
    parser = parser_for(language)
    tree = None
    if parser is not None and not _is_nested_too_deep(source.rows):
        tree = _parse(parser, WIDE_CHARACTER.sub("_", text) if language in NARROW else text)
    if tree is None:
        yield from windows(source, 0, source.last)
    else:
        yield from _cover(_descend(tree.root_node, (), source, 0), source)


def _parse(parser: Parser, text: str) -> Tree | None:
    """The syntax tree, None at the deadline."""
    deadline = time.monotonic() + PARSE_SECONDS
    data = text.encode("utf-8", "replace")
    try:
        # The progress callback is only called if the parser reads through a function.
        return parser.parse(
            lambda offset, _point: data[offset : offset + READ_BYTES],
            progress_callback=lambda *_: time.monotonic() > deadline,
        )
    except ValueError:  # stopped by the callback
        parser.reset()
        return None


def _descend(node: Node, scope: Names, source: SourceText, depth: int) -> Iterator[Unit]:
    """The units inside a node that is too large for one chunk.

    They may share rows, and one that cannot be divided further may be too large.
    """
    for child in node.children:
        start, end = _rows(child, source.last)
        if end < start:
            continue
        if source.fits(start, end):
            name = definition_name(child) if child.is_named else ""
            yield Unit(start, end, scope, defined_names(child, name))
        elif start == end or depth >= MAX_DEPTH or not child.children:
            yield Unit(start, end, scope)
        else:
            name = definition_name(child)
            inner = (*scope, name) if name else scope
            yield from _descend(child, inner, source, depth + 1)


def _rows(node: Node, last: int) -> tuple[int, int]:
    """First and last row, up to `last`. A node that ends at column 0 is not in that row."""
    start = node.start_point[0]
    end, column = node.end_point
    if column == 0 and end > start:
        end -= 1
    return start, min(end, last)


def _cover(units: Iterator[Unit], source: SourceText) -> Iterator[Unit]:
    """`units` without shared rows, and with the rows that are in none of them, in order.

    Blank lines and headers such as `class A:` belong to the unit after them if they fit;
    other gaps are divided into windows.
    """
    covered = -1  # the last row so far
    for unit in units:
        start, end = max(unit.start, covered + 1), unit.end
        if end < start:  # only its names are new
            if unit.defines and covered >= 0:
                yield Unit(covered + 1, covered, unit.scope, unit.defines)
            continue
        first = covered + 1
        if start - first <= MAX_GAP and source.fits(first, end):
            start = first
        elif first < start:
            yield from windows(source, first, start - 1, unit.scope)
        yield from divided(source, Unit(start, end, unit.scope, unit.defines))
        covered = end
    yield from windows(source, covered + 1, source.last)


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
