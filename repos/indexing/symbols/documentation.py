"""Heads and comments of definitions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tree_sitter import Node

from repos.indexing.symbols.types import MAX_COMMENT_CHARS, MAX_SIGNATURE_CHARS

MAX_BYTES = 2_000  # read of a head or a comment
MAX_COMMENTS = 40  # lines above a definition that are looked at
COMMENT_STARTS = (b"//", b"# ", b"#:", b"##", b"/*", b"*", b"--", b"#!")
DECORATOR_STARTS = (b"@", b"#[", b"[", b"template", b")")
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
    return _on_one_line(text)


def _on_one_line(text: str) -> str:
    line = SPACE.sub(" ", text).strip(HEAD_ENDS)
    return line.removesuffix("=>").rstrip()[:MAX_SIGNATURE_CHARS]


def comment_of(node: Node, data: bytes, lines: Sequence[bytes]) -> str:
    """The first line of a definition's docstring, or of the comment above it.

    `lines` are those of `data`.
    """
    return _docstring(node, data) or _comment_above(node.start_point[0], lines)


def _value_body(node: Node) -> Node | None:
    """The body of a function that a name is bound to."""
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    return value.child_by_field_name("body") if value is not None else None


def _docstring(node: Node, data: bytes) -> str:
    first = _first_statement(node)
    if first is not None and first.type == "expression_statement":
        first = first.named_child(0)
    if first is None or first.type != "string":
        return ""
    return _first_line(first, data)


def _first_statement(node: Node) -> Node | None:
    """What a definition's block begins with."""
    body = node.child_by_field_name("body")
    if body is None or body.type != "block" or not body.named_child_count:
        return None
    return body.named_child(0)


def _comment_above(row: int, lines: Sequence[bytes]) -> str:
    """The first line with letters of the comment above a row, decorators between left out.

    By lines, not by nodes: to find the sibling before a node takes as long as there are
    siblings.
    """
    top = row
    block = False
    for above in range(row - 1, max(-1, row - 1 - MAX_COMMENTS), -1):
        line = lines[above][:MAX_BYTES].strip()
        block = block or line.endswith(b"*/")
        if block or line.startswith(COMMENT_STARTS):
            top = above
        elif top != row or not line.startswith(DECORATOR_STARTS):
            break
        if line.startswith(b"/*"):
            block = False
    return _first_words(lines[top:row])


def _first_line(node: Node, data: bytes) -> str:
    """The first line with letters of a string."""
    return _first_words(data[node.start_byte : node.end_byte][:MAX_BYTES].split(b"\n"))


def _first_words(lines: Iterable[bytes]) -> str:
    """The first of some lines that has letters, without marks."""
    return next(filter(None, map(_words, map(_decoded, lines))), "")


def _decoded(line: bytes) -> str:
    return line[:MAX_BYTES].decode("utf-8", "replace")


def _words(line: str) -> str:
    """A line of a comment without its marks, empty without letters."""
    words = MARKS.sub("", TAGS.sub("", line)).strip()
    is_empty = line.lstrip().startswith(("@", "#[")) or not any(map(str.isalnum, words))
    return "" if is_empty else words[:MAX_COMMENT_CHARS]
