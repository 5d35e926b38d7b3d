"""What pages read of an index beside its files and links: definitions, texts, calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition of lines `start`..`end` (1-based, inclusive) of a file.

    `kind` is one of `repos.indexing.symbols.KINDS`, `signature` its head on one line,
    `comment` the first line of its docstring or of the comment above it. `parent` is the
    position of the enclosing definition in the outline of its file, -1 at the top.
    """

    path: str
    name: str
    qualified_name: str
    kind: str
    start: int
    end: int
    signature: str = ""
    comment: str = ""
    parent: int = -1


@dataclass(frozen=True, slots=True)
class CallingLine:
    """A line that calls a symbol. `name` is the qualified name around it, empty for none."""

    path: str
    line: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """A call on a line of a symbol, and what it surely means."""

    line: int
    target: Symbol


class SymbolReader(Protocol):
    """Reads one commit of a repository. Each call takes many at once.

    What is unknown is left out of the result. Nothing is raised for any argument.
    """

    def outlines(self, paths: Sequence[str]) -> Mapping[str, Sequence[Symbol]]:
        """By path, the definitions of a file in the order of their start, all of them."""
        ...

    def texts(self, paths: Sequence[str]) -> Mapping[str, str]:
        """By path, the text of a file, at most 200,000 characters of it."""
        ...

    def use_counts(self, names: Sequence[str]) -> Mapping[str, float]:
        """By name, how many files use it for each file that defines it, as `repos_name` says."""
        ...

    def callers(
        self, symbols: Sequence[Symbol], per_symbol: int
    ) -> Mapping[Symbol, Sequence[CallingLine]]:
        """By symbol, who calls it, the surest first, those of code before tests."""
        ...

    def calls(
        self, symbols: Sequence[Symbol], per_symbol: int
    ) -> Mapping[Symbol, Sequence[OutgoingCall]]:
        """By symbol, what it calls in the order of lines: of each name the surest definition.

        Names that may as well mean something else (a confidence below .5) are left out.
        """
        ...
