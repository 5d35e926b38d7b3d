"""Heads and comments of definitions."""

from __future__ import annotations

import re

from tree_sitter import Node

from repos.indexing.symbols.types import MAX_COMMENT_CHARS, MAX_SIGNATURE_CHARS

MAX_BYTES = 2_000  # read of a head or a comment
MAX_COMMENTS = 40  # neighbouring line comments
MAX_WRAPPERS = 4
BODIES = frozenset({"block", "class_body", "declaration_list", "statement_block", "body"})
SPACE = re.compile(r"\s+")
# What begins and ends comments, docstrings and headings in the languages there are.
MARKS = re.compile(r"^[\s/*#!\-;\"'<>=]+|[\s*/\"']+$")
TAGS = re.compile(r"</?[a-z]+[^<>]{0,80}>")  # of C#'s documentation
HEAD_ENDS = " \t\r\n:{=;"


def signature_of(node: Node, data: bytes) -> str:
    """The head of a definition on one line: what stands before its body."""
    body = node.child_by_field_name("body") or _value_body(node)
    end = body.start_byte if body is not None else node.end_byte
    head = data[node.start_byte : min(end, node.start_byte + MAX_BYTES)]
    text = head.decode("utf-8", "replace")
    if body is None:
        text = text.split("\n", 1)[0]
    line = SPACE.sub(" ", text).strip(HEAD_ENDS).removesuffix("=>").rstrip()
    return line[:MAX_SIGNATURE_CHARS]


def comment_of(node: Node, data: bytes) -> str:
    """The first line of a definition's docstring, or of the comment before it."""
    return _docstring(node, data) or _comment_before(node, data)


def _value_body(node: Node) -> Node | None:
    """The body of a function that a name is bound to."""
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    return value.child_by_field_name("body") if value is not None else None


def _docstring(node: Node, data: bytes) -> str:
    body = node.child_by_field_name("body")
    if body is None or body.type != "block" or not body.named_child_count:
        return ""
    first = body.named_child(0)
    if first is not None and first.type == "expression_statement":
        first = first.named_child(0)
    if first is None or first.type != "string":
        return ""
    return _first_line(first, data)


def _comment_before(node: Node, data: bytes) -> str:
    outermost = _outermost(node)
    above, row = outermost.prev_sibling, outermost.start_point[0]
    first = None
    for _ in range(MAX_COMMENTS):
        if above is None or "comment" not in above.type or above.end_point[0] < row - 1:
            break
        first, row = above, above.start_point[0]
        above = above.prev_sibling
    return _first_line(first, data) if first is not None else ""


def _outermost(node: Node) -> Node:
    """The node with what is written around it: `export`, decorators, `const`."""
    for _ in range(MAX_WRAPPERS):
        parent = node.parent
        if parent is None or parent.parent is None:
            break
        is_wrapped = parent.start_point[0] == node.start_point[0] and parent.type not in BODIES
        if not is_wrapped and parent.type != "decorated_definition":
            break
        node = parent
    return node


def _first_line(node: Node, data: bytes) -> str:
    """The first line with letters of a comment or string."""
    text = data[node.start_byte : min(node.end_byte, node.start_byte + MAX_BYTES)]
    for line in text.decode("utf-8", "replace").split("\n"):
        words = MARKS.sub("", TAGS.sub("", line)).strip()
        if words and any(map(str.isalnum, words)):
            return words[:MAX_COMMENT_CHARS]
    return ""
