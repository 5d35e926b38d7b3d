"""Cutting a file into chunks: whole definitions where they fit, each with its lines and enclosing symbols.

A chunk is a run of whole lines, so a citation of it always names real lines. The tree is only descended where a node
is too large to stand in one chunk; what has no grammar, or too odd a tree, is cut into windows of lines.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from repos.indexing.languages import language_of, parser_for

MOST_CHARS = 1_400
MOST_LINES = 60
DEEPEST = 40
DEEPEST_INDENT = 160
DEEPEST_BRACKETS = 400
PARSE_SECONDS = 3.0

DEFINITIONS = frozenset(
    "function_definition class_definition function_declaration generator_function_declaration class_declaration "
    "abstract_class_declaration method_definition interface_declaration enum_declaration type_alias_declaration "
    "method_declaration constructor_declaration record_declaration annotation_type_declaration function_item impl_item "
    "struct_item enum_item trait_item mod_item macro_definition type_spec class_specifier struct_specifier "
    "enum_specifier namespace_definition namespace_declaration struct_declaration property_declaration "
    "object_declaration protocol_declaration class module method singleton_method trait_definition object_definition "
    "trait_declaration create_table create_view create_function variable_declarator section table rule_set "
    "internal_module delegate_declaration type_definition".split()
)
NAMES = frozenset(
    "identifier type_identifier property_identifier field_identifier constant name simple_identifier "
    "namespace_identifier qualified_identifier scoped_identifier destructor_name operator_name object_reference "
    "bare_key dotted_key atx_heading setext_heading selectors inline word".split()
)


@dataclass(frozen=True)
class TextChunk:
    """Lines `start`..`end` (1-based, inclusive) of a file.

    `symbol` is the enclosing definition's dotted path, empty at top level; `symbols` are the names defined inside.
    """

    start: int
    end: int
    symbol: str
    symbols: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class _Unit:
    """Rows (0-based, inclusive) that should not be cut, the definitions around them, and the names they define."""

    start: int
    end: int
    around: tuple[str, ...]
    defines: tuple[str, ...] = ()


def chunk(path: str, text: str) -> list[TextChunk]:
    """The chunks of a file, in order, covering every line that is not blank. Never raises on odd content."""
    language = language_of(path)
    if language == "notebook":
        return _notebook(text)
    lines = text.split("\n")
    units = list(_units(language, text, lines))
    return list(_pack(units, lines))


def _units(language: str, text: str, lines: list[str]) -> Iterator[_Unit]:
    parser = parser_for(language)
    if parser is None or _nested_too_deep(lines):
        yield from _windows(0, len(lines) - 1, lines, ())
        return
    deadline = time.monotonic() + PARSE_SECONDS
    data = text.encode("utf-8", "replace")
    try:
        # Only a parse that reads through a function heeds the deadline.
        tree = parser.parse(
            lambda offset, _point: data[offset : offset + 65_536],
            progress_callback=lambda *_: time.monotonic() > deadline,
        )
    except ValueError:  # stopped at the deadline
        tree = None
    if tree is None:
        parser.reset()
        yield from _windows(0, len(lines) - 1, lines, ())
        return
    done = -1
    for unit in _descend(tree.root_node, (), lines, 0):
        start, end = max(unit.start, done + 1), min(unit.end, len(lines) - 1)
        if end < start:
            # On a row that is taken already: only its names are new.
            if unit.defines and done >= 0:
                yield _Unit(done + 1, done, unit.around, unit.defines)
            continue
        # Rows no node covers (blank lines, a header such as `class A:`) go with what follows them.
        yield _Unit(done + 1 if start - done < 12 else start, end, unit.around, unit.defines)
        if start - done >= 12:
            yield from _windows(done + 1, start - 1, lines, unit.around)
        done = end
    if done < len(lines) - 1:
        yield from _windows(done + 1, len(lines) - 1, lines, ())


def _descend(node: Node, around: tuple[str, ...], lines: list[str], depth: int) -> Iterator[_Unit]:
    for child in node.children:
        start, end = _rows(child)
        if end < start:
            continue
        if _fits(start, end, lines):
            name = _name(child) if child.is_named else ""
            yield _Unit(start, end, around, _names(child, name))
        elif start == end or depth >= DEEPEST or not child.children:
            yield from _windows(start, end, lines, around)
        else:
            name = _name(child)
            yield from _descend(child, (*around, name) if name else around, lines, depth + 1)


def _rows(node: Node) -> tuple[int, int]:
    end = node.end_point
    # A node that ends at column 0 does not reach into that row.
    return node.start_point[0], end[0] - 1 if end[1] == 0 and end[0] > node.start_point[0] else end[
        0
    ]


def _fits(start: int, end: int, lines: list[str]) -> bool:
    return (
        end - start < MOST_LINES
        and sum(len(line) + 1 for line in lines[start : end + 1]) <= MOST_CHARS
    )


def _windows(start: int, end: int, lines: list[str], around: tuple[str, ...]) -> Iterator[_Unit]:
    """Rows in pieces that fit, cut at blank lines where there are any."""
    begin, size, blank = start, 0, -1
    for row in range(start, end + 1):
        length = len(lines[row]) + 1
        if row > begin and (size + length > MOST_CHARS or row - begin >= MOST_LINES):
            cut = blank if blank > begin + (row - begin) // 2 else row - 1
            yield _Unit(begin, cut, around)
            begin, blank = cut + 1, -1
            size = sum(len(line) + 1 for line in lines[begin:row])
        if not lines[row].strip():
            blank = row
        size += length
    if begin <= end:
        yield _Unit(begin, end, around)


def _name(node: Node) -> str:
    """The name a definition gives, empty for anything else."""
    if node.type in (
        "decorated_definition",
        "export_statement",
        "template_declaration",
        "declaration",
    ):
        inner = node.child_by_field_name("definition") or node.child_by_field_name("declaration")
        if inner is None:
            inner = next((c for c in node.named_children if c.type in DEFINITIONS), None)
        return _name(inner) if inner is not None else ""
    if node.type in ("lexical_declaration", "variable_declaration", "type_declaration"):
        inner = next((c for c in node.named_children if c.type in DEFINITIONS), None)
        return _name(inner) if inner is not None else ""
    if node.type not in DEFINITIONS:
        return ""
    named = node.child_by_field_name("name")
    if named is None:
        named = node.child_by_field_name("declarator")
        while named is not None and named.type not in NAMES:
            named = named.child_by_field_name("declarator") or next(
                iter(named.named_children), None
            )
    named = named or node.child_by_field_name("type")
    if named is None:
        named = next((c for c in node.named_children if c.type in NAMES), None)
    if named is None or named.text is None:
        return ""
    return " ".join(named.text.decode("utf-8", "replace").strip("# \n=-\"'").split())[:120]


def _names(node: Node, name: str) -> tuple[str, ...]:
    """The name of a definition that stands whole in a chunk, and those directly inside it."""
    inner = node.child_by_field_name("body") or node.child_by_field_name("definition") or node
    if inner.type in DEFINITIONS and inner is not node:
        inner = inner.child_by_field_name("body") or inner
    found = (
        (name, *(_name(child) for child in inner.named_children[:50]))
        if name
        else map(_name, node.named_children[:50])
    )
    return tuple(dict.fromkeys(filter(None, found)))


def _nested_too_deep(lines: list[str]) -> bool:
    """Nesting no person writes. Some grammars keep it in a buffer of fixed size and crash the process beyond that."""
    depth = 0
    for line in lines:
        body = line.lstrip(" \t")
        if len(line) - len(body) > DEEPEST_INDENT or line.count("- ") > DEEPEST_INDENT:
            return True
        depth = max(0, depth + sum(map(line.count, "([{")) - sum(map(line.count, ")]}")))
        if depth > DEEPEST_BRACKETS:
            return True
    return False


def _pack(units: list[_Unit], lines: list[str]) -> Iterator[TextChunk]:
    """Join neighbouring units until a chunk is full; a new enclosing definition starts a new chunk once one is a third full."""
    group: list[_Unit] = []
    size = 0
    for unit in units:
        length = sum(len(line) + 1 for line in lines[unit.start : unit.end + 1])
        if group:
            rows = unit.end - group[0].start + 1
            moved = unit.around != group[-1].around and size > MOST_CHARS // 3
            if size + length > MOST_CHARS or rows > MOST_LINES or moved:
                yield from _chunk(group, lines)
                group, size = [], 0
        group.append(unit)
        size += length
    yield from _chunk(group, lines)


def _chunk(group: list[_Unit], lines: list[str]) -> Iterator[TextChunk]:
    if not group:
        return
    start, end = group[0].start, group[-1].end
    while start <= end and not lines[start].strip():
        start += 1
    while end >= start and not lines[end].strip():
        end -= 1
    if end < start:
        return
    around = group[0].around
    for unit in group[1:]:
        shared = 0
        while shared < min(len(around), len(unit.around)) and around[shared] == unit.around[shared]:
            shared += 1
        around = around[:shared]
    defined = tuple(dict.fromkeys(name for unit in group for name in unit.defines))
    symbol = (*around, defined[0]) if len(defined) == 1 else around
    yield TextChunk(
        start + 1,
        end + 1,
        ".".join(symbol)[:300],
        (*around, *defined),
        "\n".join(lines[start : end + 1]),
    )


def _notebook(text: str) -> list[TextChunk]:
    """A Jupyter notebook by cell. Lines are those of the .ipynb file, so that links to it stay true."""
    lines = text.split("\n")
    try:
        cells = json.loads(text)["cells"]
        sources = [
            "".join(cell["source"])
            for cell in cells
            if cell.get("cell_type") in ("code", "markdown")
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        return list(_pack(list(_windows(0, len(lines) - 1, lines, ())), lines))
    chunks, row = [], 0
    for number, source in enumerate(sources, 1):
        body = source.strip()
        if not body:
            continue
        first = json.dumps(source.split("\n")[0], ensure_ascii=False)[1:-1][:60]
        start = next((i for i in range(row, len(lines)) if first and first in lines[i]), row)
        end = min(start + source.count("\n"), len(lines) - 1)
        row = end
        for at in range(0, len(body), MOST_CHARS):
            chunks.append(
                TextChunk(start + 1, end + 1, f"cell {number}", (), body[at : at + MOST_CHARS])
            )
    return chunks
