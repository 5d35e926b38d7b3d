"""Where the sources of a notebook's cells stand in its JSON.

A scanner of tokens with a stack instead of a recursive parser: it keeps the positions that
`json` throws away, and skips outputs without decoding them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# A string (or the rest of the text if it does not end), or one of JSON's brackets and marks.
TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[{}\[\]:,]', re.DOTALL)
SOURCE_KEYS = ("source", "input")  # of nbformat 4, and of code in nbformat 3
# Cells are in `cells`, in nbformat 3 in `worksheets[].cells`: containers around a cell.
CELL_DEPTHS = (2, 4)
ROOT_KEYS = ("cells", "worksheets")


@dataclass(frozen=True)
class Span:
    """The characters of a JSON string, without its quotes."""

    start: int
    end: int


@dataclass
class Cell:
    """A cell's type, and the JSON strings of its source."""

    kind: str = ""
    spans: list[Span] = field(default_factory=list)


@dataclass
class _Container:
    """An open object, with its current key, or an open array."""

    is_object: bool
    cell: Cell | None = None
    key: str = ""
    is_value: bool = False  # does a value come next?


def scan_cells(text: str) -> list[Cell] | None:
    """The cells of a notebook in order, None if it has no list of cells."""
    scanner = _Scanner(text)
    scanner.run()
    return scanner.cells if scanner.has_cells else None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.cells: list[Cell] = []
        self.has_cells = False
        self._stack: list[_Container] = []

    def run(self) -> None:
        for token in self._tokens():
            character = self.text[token.start]
            if character == '"':
                self._string(Span(token.start + 1, token.end - 1))
            elif character in "{[":
                self._open(is_object=character == "{")
            elif character in "}]":
                self._close()
            elif self._stack:
                self._stack[-1].is_value = character == ":"

    def _tokens(self) -> Iterator[Span]:
        for match in TOKEN.finditer(self.text):
            yield Span(match.start(), match.end())

    def _open(self, *, is_object: bool) -> None:
        container = _Container(is_object)
        if is_object and self._is_list_of_cells():
            container.cell = Cell()
            self.cells.append(container.cell)
        elif not is_object and self._key_of_top() == "cells":
            self.has_cells = True
        self._stack.append(container)

    def _close(self) -> None:
        if self._stack:
            self._stack.pop()

    def _string(self, span: Span) -> None:
        if not self._stack:
            return
        top = self._stack[-1]
        if top.is_object and not top.is_value:
            top.key = self.text[span.start : span.end]
            return
        owner = top if top.is_object else self._parent()
        if owner is None or owner.cell is None:
            return
        if owner.key in SOURCE_KEYS:
            owner.cell.spans.append(span)
        elif owner.key == "cell_type" and owner is top:
            owner.cell.kind = self.text[span.start : span.end]

    def _is_list_of_cells(self) -> bool:
        """Whether the innermost container is the list of a notebook's cells."""
        if len(self._stack) not in CELL_DEPTHS or self._stack[0].key not in ROOT_KEYS:
            return False
        return not self._stack[-1].is_object and self._stack[-2].key == "cells"

    def _key_of_top(self) -> str:
        if len(self._stack) not in (1, 3):
            return ""
        return self._stack[-1].key

    def _parent(self) -> _Container | None:
        return self._stack[-2] if len(self._stack) > 1 else None
