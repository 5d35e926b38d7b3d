"""Symbols of a syntax tree, by the queries in `queries/`.

A query file has two parts, divided by DIVIDER. In the first a match is a definition
(`@definition.<kind>` with its `@name`, and `@scope` where the text names it) or an import
(`@module` with `@imported`, `@default`, `@alias`); in the second a capture is a reference,
or tells what is none (see `repos.indexing.symbols.references`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tree_sitter import Node, Query, QueryCursor

from repos.indexing.languages import grammar_of
from repos.indexing.symbols.documentation import comment_of, signature_of
from repos.indexing.symbols.references import references_in
from repos.indexing.symbols.types import (
    MAX_IMPORTS,
    MAX_MODULE_CHARS,
    MAX_NAME_CHARS,
    MAX_SYMBOLS,
    FileSymbols,
    ImportedName,
    SymbolDefinition,
    dotted,
)
from repos.indexing.syntax_trees import SyntaxTree

FOLDER = Path(__file__).parent / "queries"
DIVIDER = ";;; references"
# language -> its query files; all others have one of their own name, or none
QUERY_FILES = {
    "javascript": ("javascript", "jsx", "javascript_only"),
    "typescript": ("javascript", "typescript"),
    "cpp": ("c", "cpp_only"),
    "tsx": ("javascript", "jsx", "typescript"),
}
KINDS = (
    "class interface struct trait enum type module function method constant field table view "
    "macro section command stage service job"
).split()
SCOPE = "scope"  # encloses definitions and is none itself, as Rust's impl
PREFIX = "definition."
SCOPE_CAPTURE = PREFIX + SCOPE
# Where several patterns hit one name, the most special kind is meant: the others, then these.
GENERAL_KINDS = ("class", "type", "field", "constant")
UNDOCUMENTED_KINDS = frozenset({"constant", "field"})
TYPE_KINDS = frozenset({"class", "interface", "struct", "trait", "enum", "type", SCOPE})
WILDCARDS = ("*", "_")  # at the end of what is imported: all names
# Of a declaration captured whole, as Scala's `import a.b.{C, D}`: not its module.
IMPORT_WORDS = re.compile(r"^import\s+|\.?\s*\{.*|\._$|\.\*$|\.[^.\s]+\s+as\s.*", re.DOTALL)
QUERY_SECONDS = 3.0
WINDOW_BYTES = 100_000
MATCH_LIMIT = 4_096  # of states that a query holds at once
MAX_DEPTH = 300  # of nodes that are looked at: a cursor's time grows with the square of it

# The end byte, the dotted path, the number of the definition or -1, and the kind.
_Enclosing = tuple[int, str, int, str]
Match = Mapping[str, list[Node]]
Captures = dict[str, list[Node]]


@dataclass(frozen=True)
class _Found:
    """A definition as matched."""

    node: Node
    name_node: Node
    name: str
    kind: str
    scope: str


def file_symbols(language: str, syntax: SyntaxTree | None) -> FileSymbols | None:
    """The symbols of a file; None without a tree or queries."""
    queries = _queries(language)
    if syntax is None or queries is None:
        return None
    deadline = time.monotonic() + QUERY_SECONDS
    matches = _matches(queries[0], syntax, deadline)
    found, too_long = _definitions(matches, syntax.data)
    kept = found[:MAX_SYMBOLS]
    imports = list(dict.fromkeys(_imports(matches, syntax.data)))
    definitions = _nested(kept, syntax.data)
    captures = _captures(queries[1], syntax, deadline)
    known = _known_names(definitions, imports)
    references, left_out = references_in(captures, syntax.data, _name_offsets(matches), known)
    left_out += too_long + len(found) - len(kept) + max(0, len(imports) - MAX_IMPORTS)
    return FileSymbols(tuple(definitions), references, tuple(imports[:MAX_IMPORTS]), left_out)


def has_queries(language: str) -> bool:
    """Are the symbols of a language's files found in their trees?"""
    return _queries(language) is not None


def _known_names(definitions: list[SymbolDefinition], imports: list[ImportedName]) -> set[str]:
    """The names that a file defines or imports."""
    return {symbol.name for symbol in definitions} | {name.bound_name for name in imports}


def _name_offsets(matches: list[Match]) -> set[int]:
    """Where names of definitions start."""
    return {match["name"][0].start_byte for match in filter(_is_defining, matches)}


def _is_defining(match: Match) -> bool:
    return "name" in match and SCOPE_CAPTURE not in match


def _query_files(language: str) -> list[Path]:
    names = QUERY_FILES.get(language, (language,))
    return [FOLDER / f"{name}.scm" for name in names]


@lru_cache(maxsize=64)
def _queries(language: str) -> tuple[Query, Query] | None:
    """The queries of definitions and references, None for a language without."""
    paths = _query_files(language)
    grammar = grammar_of(language)
    if grammar is None or not paths[0].exists():
        return None
    parts = [path.read_text("utf-8").partition(DIVIDER) for path in paths]
    return (
        Query(grammar, "\n".join(head for head, _, _ in parts)),
        Query(grammar, "\n".join(tail for _, _, tail in parts)),
    )


def _matches(query: Query, syntax: SyntaxTree, deadline: float) -> list[Match]:
    """The matches in order, those across two windows twice."""
    cursors = _windows(query, syntax, deadline)
    root = syntax.tree.root_node
    return [captures for cursor in cursors for _, captures in cursor.matches(root)]


def _captures(query: Query, syntax: SyntaxTree, deadline: float) -> Match:
    """The nodes by capture, those across two windows twice."""
    captures: Captures = {}
    for cursor in _windows(query, syntax, deadline):
        _extend(captures, cursor.captures(syntax.tree.root_node))
    return captures


def _extend(captures: Captures, others: Match) -> None:
    for name, nodes in others.items():
        captures.setdefault(name, []).extend(nodes)


def _windows(query: Query, syntax: SyntaxTree, deadline: float) -> Iterator[QueryCursor]:
    """Cursors over windows of the file, until the deadline.

    The progress callback of the bindings' cursor crashes the process, so the time is
    looked at between windows.
    """
    for start in range(0, len(syntax.data), WINDOW_BYTES):
        if time.monotonic() > deadline:
            return
        cursor = QueryCursor(query, match_limit=MATCH_LIMIT)
        cursor.set_max_start_depth(MAX_DEPTH)
        cursor.set_byte_range(start, start + WINDOW_BYTES)
        yield cursor


def _definitions(matches: list[Match], data: bytes) -> tuple[list[_Found], int]:
    """What is defined, in order of its start, and how many names were too long."""
    by_name: dict[int, _Found] = {}
    too_long = 0
    for match in matches:
        found = _definition(match, data)
        if found is None:
            continue
        if not 0 < len(found.name) <= MAX_NAME_CHARS:
            too_long += 1
            continue
        before = by_name.get(found.name_node.start_byte)
        if before is None or _generality(found.kind) < _generality(before.kind):
            by_name[found.name_node.start_byte] = found
    ordered = sorted(by_name.values(), key=lambda f: (f.node.start_byte, -f.node.end_byte))
    return ordered, too_long


def _generality(kind: str) -> int:
    return GENERAL_KINDS.index(kind) + 1 if kind in GENERAL_KINDS else 0


def _definition(match: Match, data: bytes) -> _Found | None:
    for capture, nodes in match.items():
        if capture.startswith(PREFIX) and "name" in match:
            name_node = match["name"][0]
            scope = _text(match["scope"][0], data) if "scope" in match else ""
            kind = capture.removeprefix(PREFIX)
            name = _text(name_node, data).lstrip(":")  # of Ruby's symbols
            return _Found(nodes[0], name_node, name, kind, scope)
    return None


def _nested(found: list[_Found], data: bytes) -> list[SymbolDefinition]:
    """The definitions with what encloses each."""
    lines = data.split(b"\n")
    definitions: list[SymbolDefinition] = []
    # (end byte, dotted path, number of the definition or -1, kind) of what is open
    enclosing = [(len(data) + 1, "", -1, "")]
    for item in found:
        _leave(enclosing, item.node.start_byte)
        _, outer, parent, outer_kind = enclosing[-1]
        scope = _path(outer, item.scope)
        number = parent
        if item.kind != SCOPE:
            number = len(definitions)
            is_method = outer_kind in TYPE_KINDS or bool(item.scope)
            comment = "" if item.kind in UNDOCUMENTED_KINDS else comment_of(item.node, data, lines)
            symbol = SymbolDefinition(
                item.name,
                "method" if is_method and item.kind == "function" else item.kind,
                item.node.start_point.row + 1,
                _last_row(item.node) + 1,
                scope,
                parent,
                signature_of(item.node, data),
                comment,
            )
            definitions.append(symbol)
        enclosing.append((item.node.end_byte, _path(scope, item.name), number, item.kind))
    return definitions


def _leave(enclosing: list[_Enclosing], offset: int) -> None:
    """Close what ends before a byte."""
    while enclosing[-1][0] <= offset:
        enclosing.pop()


def _path(scope: str, name: str) -> str:
    return dotted(scope, name)[:MAX_NAME_CHARS].rstrip(".")


def _last_row(node: Node) -> int:
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point.row else row


def _imports(matches: list[Match], data: bytes) -> Iterator[ImportedName]:
    for match in matches:
        if "module" not in match:
            continue
        node = match["module"][0]
        module = IMPORT_WORDS.sub("", _text(node, data))
        name, alias = _captured(match, "imported", data), _captured(match, "alias", data)
        if name.endswith(WILDCARDS):
            name = "*"
        if "default" in match:
            name, alias = "default", _captured(match, "default", data)
        if len(module) <= MAX_MODULE_CHARS and max(len(name), len(alias)) <= MAX_NAME_CHARS:
            yield ImportedName(node.start_point.row + 1, module, name, alias)


def _captured(match: Match, capture: str, data: bytes) -> str:
    return _text(match[capture][0], data) if capture in match else ""


def _text(node: Node, data: bytes) -> str:
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace")
