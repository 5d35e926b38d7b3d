"""A file as the finders of artifacts see it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from repos.indexing.symbols import KINDS, FileSymbols, SymbolDefinition

TRIPLE_QUOTE = re.compile(r"\"{3}|'{3}")
STRING_PREFIXES = frozenset({"", "r", "R", "u", "U"})
MAX_LINE_CHARS = 500  # of a line that is looked at
EVERY_KIND = frozenset(KINDS)
MAX_STATEMENT_ROWS = 5
MAX_DISTANCE = 30  # lines between a decorator and what it stands above
MAX_NESTED = 200  # definitions that are looked at for one that has a line


@dataclass
class DeclaringFile:
    """The rows of a file, its language and its symbols."""

    path: str
    language: str
    all_rows: Sequence[str]
    symbols: FileSymbols

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @cached_property
    def rows(self) -> list[str]:
        """Its rows, each up to MAX_LINE_CHARS; those of docstrings are empty: they declare nothing."""
        rows = [row[:MAX_LINE_CHARS] for row in self.all_rows]
        if self.language == "python":
            return list(_without_docstrings(rows))
        return rows

    @cached_property
    def text(self) -> str:
        """Its rows as they are looked at."""
        return "\n".join(self.rows)

    @cached_property
    def _starts(self) -> list[int]:
        return [definition.start for definition in self.symbols.definitions]

    def numbered(self) -> Iterator[tuple[int, str]]:
        """The rows with their numbers from 1."""
        return enumerate(self.rows, 1)

    def matches(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
        """The first match of a pattern in each row that has one."""
        for line, row in self.numbered():
            match = pattern.search(row)
            if match is not None:
                yield line, match

    def statement(self, line: int) -> str:
        """A row with those after it, up to MAX_STATEMENT_ROWS, until its brackets close."""
        text = self.rows[line - 1]
        for row in self.rows[line : line + MAX_STATEMENT_ROWS]:
            if text.count("(") <= text.count(")"):
                break
            text += " " + row.strip()
        return text

    def name_around(self, line: int) -> str:
        """The name of the innermost definition that has a line, empty without one."""
        return _name(self.around(line))

    def name_below(self, line: int) -> str:
        """The name of the definition that begins on a line or soon after it, or empty."""
        return _name(self.below(line))

    def below(self, line: int) -> SymbolDefinition | None:
        """The definition that begins on a line or soon after it."""
        number = bisect_left(self._starts, line)
        following = self.symbols.definitions[number : number + 1]
        return next((d for d in following if d.start - line <= MAX_DISTANCE), None)

    def around(self, line: int, kinds: Container[str] = EVERY_KIND) -> SymbolDefinition | None:
        """The innermost definition, of some kinds, that has a line."""
        number = self.number_around(line, kinds)
        return None if number is None else self.symbols.definitions[number]

    def number_around(self, line: int, kinds: Container[str] = EVERY_KIND) -> int | None:
        """The number of the innermost definition, of some kinds, that has a line."""
        last = bisect_right(self._starts, line)
        found = self.symbols.definitions
        for number in range(last - 1, max(-1, last - 1 - MAX_NESTED), -1):
            if found[number].end >= line and found[number].kind in kinds:
                return number
        return None


def _without_docstrings(rows: Sequence[str]) -> Iterator[str]:
    """Rows of Python, empty where they are of a string that is a statement."""
    quote, is_docstring = "", False
    for row in rows:
        was_open, rest = quote, row
        if not quote and not row.lstrip().startswith("#"):
            opening = TRIPLE_QUOTE.search(row)
            if opening is not None:
                quote = opening[0]
                is_docstring = row[: opening.start()].strip() in STRING_PREFIXES
                rest = row[opening.end() :]
        is_empty = is_docstring and bool(was_open or quote)
        if quote and quote in rest:
            quote = ""
        yield "" if is_empty else row


def _name(definition: SymbolDefinition | None) -> str:
    return "" if definition is None else definition.name


def first_group(pattern: re.Pattern[str], text: str) -> str:
    """The first group of a pattern's first match in a text, empty without one."""
    match = pattern.search(text)
    return "" if match is None else match[1] or ""
