"""Units from tree-sitter: whole definitions, divided only where they are too large."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from repos.indexing.definitions import defined_names, definition_name
from repos.indexing.syntax_trees import SyntaxTree
from repos.indexing.units import Names, SourceText, Unit
from repos.indexing.windows import divided, windows

MAX_DEPTH = 40
MAX_GAP = 11  # rows


def syntax_units(syntax: SyntaxTree | None, source: SourceText) -> Iterator[Unit]:
    """Units that cover every row, in order, each small enough for a chunk.

    Windows of lines without a tree.
    """
    if syntax is None:
        yield from windows(source, 0, source.last)
    else:
        yield from _cover(_descend(syntax.tree.root_node, (), source, 0), source)


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
