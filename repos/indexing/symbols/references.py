"""References among the captures of a query."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from operator import itemgetter

from tree_sitter import Node

from repos.indexing.symbols.types import KIND_BITS, MAX_NAME_CHARS, MAX_REFERENCES, ReferenceKind

# Captures and their kinds: where several hit one place, the last counts.
CAPTURES = {
    "read": ReferenceKind.READ,
    "member": ReferenceKind.READ,
    "type": ReferenceKind.TYPE,
    "call": ReferenceKind.CALL,
    "decorate": ReferenceKind.DECORATE,
    "inherit": ReferenceKind.INHERIT,
    "import": ReferenceKind.IMPORT,
}
# Names that say nothing about other files.
PRONOUNS = frozenset({"self", "cls", "this", "super"})


def references_in(
    captures: Mapping[str, list[Node]], data: bytes, name_offsets: set[int], known: set[str]
) -> tuple[dict[str, tuple[int, ...]], int]:
    """Places by name, as in FileSymbols, and how many were left out.

    `name_offsets` are where names of definitions start. A name that the file binds as a
    parameter or variable (`@local`) is not counted as read, unless it is `known`: defined
    or imported by the file. In a path of modules (`@path`) no name is read.
    """
    local = {_text(node, data) for node in captures.get("local", ())} - known | PRONOUNS
    ignored = name_offsets | _offsets(captures, "skip")
    members = _offsets(captures, "member")
    paths = _Paths(captures.get("path", ()))
    found: dict[str, list[int]] = {}
    left_out = total = 0
    for start, (kind, node) in _by_offset(captures):
        name = _text(node, data)
        if start in ignored or _is_local_read(kind, name, local, is_member=start in members):
            continue
        if kind == ReferenceKind.READ and start in paths:
            continue
        if total == MAX_REFERENCES or len(name) > MAX_NAME_CHARS:
            left_out += 1
            continue
        place = node.start_point[0] + 1 << KIND_BITS | kind
        lines = found.setdefault(name, [])
        if not lines or lines[-1] != place:
            lines.append(place)
            total += 1
    return {name: tuple(sorted(set(lines))) for name, lines in found.items()}, left_out


class _Paths:
    """The bytes of nodes: an offset is in it where one of them covers it."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted((node.start_byte, node.end_byte) for node in nodes):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, offset: int) -> bool:
        number = bisect_right(self._starts, offset) - 1
        return number >= 0 and offset < self._ends[number]


def _offsets(captures: Mapping[str, list[Node]], capture: str) -> set[int]:
    return {node.start_byte for node in captures.get(capture, ())}


def _by_offset(captures: Mapping[str, list[Node]]) -> list[tuple[int, tuple[int, Node]]]:
    chosen: dict[int, tuple[int, Node]] = {}
    for capture, kind in CAPTURES.items():
        for node in captures.get(capture, ()):
            chosen[node.start_byte] = (int(kind), node)
    return sorted(chosen.items(), key=itemgetter(0))


def _is_local_read(kind: int, name: str, local: set[str], *, is_member: bool) -> bool:
    return kind == ReferenceKind.READ and not is_member and name in local


def _text(node: Node, data: bytes) -> str:
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace")
