"""Units from tree-sitter: whole definitions, divided only where they are too large."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tree_sitter import Node, Parser, Tree

from repos.indexing.definitions import defined_names, definition_name
from repos.indexing.languages import parser_for
from repos.indexing.units import Names, Unit, fits_in_chunk
from repos.indexing.windows import windows

PARSE_SECONDS = 3.0
READ_BYTES = 65_536
MAX_DEPTH = 40
MAX_INDENT = 160
MAX_BRACKETS = 400
MAX_GAP = 11  # rows


def syntax_units(language: str, text: str, lines: list[str]) -> Iterator[Unit]:
    """Units that cover every row, mostly in order.

    Windows of lines for a language without a grammar, for nesting no person writes, and
    for a file whose parse takes longer than PARSE_SECONDS.
    """
    parser = parser_for(language)
    tree = None
    if parser is not None and not _is_nested_too_deep(lines):
        tree = _parse(parser, text)
    if tree is None:
        yield from windows(lines, 0, len(lines) - 1)
    else:
        yield from _cover(_descend(tree.root_node, (), lines, 0), lines)


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


def _descend(node: Node, scope: Names, lines: list[str], depth: int) -> Iterator[Unit]:
    """The units inside a node that is too large for one chunk. They may share rows."""
    for child in node.children:
        start, end = _rows(child)
        if end < start:
            continue
        if fits_in_chunk(lines, start, end):
            name = definition_name(child) if child.is_named else ""
            yield Unit(start, end, scope, defined_names(child, name))
        elif start == end or depth >= MAX_DEPTH or not child.children:
            yield from windows(lines, start, end, scope)
        else:
            name = definition_name(child)
            inner = (*scope, name) if name else scope
            yield from _descend(child, inner, lines, depth + 1)


def _rows(node: Node) -> tuple[int, int]:
    """First and last row. A node that ends at column 0 does not reach into that row."""
    start = node.start_point[0]
    end, column = node.end_point
    if column == 0 and end > start:
        end -= 1
    return start, end


def _cover(units: Iterator[Unit], lines: list[str]) -> Iterator[Unit]:
    """`units` without shared rows, and with the rows that are in none of them.

    Blank lines and headers such as `class A:` belong to the unit after them; a large gap
    is divided into windows, which come after that unit.
    """
    covered = -1  # the last row so far
    for unit in units:
        start, end = max(unit.start, covered + 1), min(unit.end, len(lines) - 1)
        if end < start:  # only its names are new
            if unit.defines and covered >= 0:
                yield Unit(covered + 1, covered, unit.scope, unit.defines)
            continue
        first = covered + 1
        if start - first <= MAX_GAP:
            yield Unit(first, end, unit.scope, unit.defines)
        else:
            yield Unit(start, end, unit.scope, unit.defines)
            yield from windows(lines, first, start - 1, unit.scope)
        covered = end
    yield from windows(lines, covered + 1, len(lines) - 1)


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
