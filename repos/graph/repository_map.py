"""The most important files and definitions of an index, as many as fit a number of tokens.

Callers have checked that the index may be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from deepwiki.foundation.text import estimated_tokens
from repos.graph.definitions import Definition
from repos.graph.importance import RankedFile, top_files, top_symbols
from repos.models import LATEST_GENERATION

TOKENS_PER_FILE = 40  # of the budget; so there is room for some definitions of each file
MAX_FILES = 300
MAX_SYMBOLS = 12  # of one file
MAX_LINE_CHARS = 120
CODE = "code"

Count = Callable[[str], int]


@dataclass
class MappedFile:
    """A file of a map, with its chosen definitions in order of their lines."""

    file: RankedFile
    symbols: list[Definition] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its path, and below it the heads of the definitions with their lines."""
        return "\n".join([self.file.path, *map(symbol_line, self.symbols)])


def repository_map(
    index_id: int,
    token_budget: int,
    *,
    count: Count = estimated_tokens,
    at: int = LATEST_GENERATION,
) -> list[MappedFile]:
    """The files of the highest rank, code before all else, with their most used definitions.

    The texts of the files together, a line break after each, have at most `token_budget`
    tokens by `count`. The same index gives the same map.
    """
    ranked = _files(index_id, min(MAX_FILES, token_budget // TOKENS_PER_FILE), at)
    files = list(_fitting(ranked, token_budget, count))
    symbols = top_symbols(index_id, [file.path for file in files], MAX_SYMBOLS, at=at)
    mapped = {file.path: MappedFile(file) for file in files}
    left = token_budget - sum(count(file.path + "\n") for file in files)
    # The first definition of each file, then the second of each, and so on.
    for definition in _in_rounds([symbols.get(file.path, []) for file in files]):
        cost = count(symbol_line(definition) + "\n")
        if cost <= left:
            mapped[definition.path].symbols.append(definition)
            left -= cost
    for entry in mapped.values():
        entry.symbols.sort(key=lambda definition: definition.number)
    return list(mapped.values())


def symbol_line(definition: Definition) -> str:
    """The head of a definition, with its line."""
    head = definition.signature or definition.name
    return f"  {definition.start}: {head[:MAX_LINE_CHARS]}"


def _files(index_id: int, limit: int, at: int) -> list[RankedFile]:
    read = partial(top_files, index_id, limit, at=at)
    return read(role=CODE) or read()


def _fitting(files: Sequence[RankedFile], token_budget: int, count: Count) -> Iterator[RankedFile]:
    """Those of the files whose paths fit, the first ones first."""
    left = token_budget
    for file in files:
        cost = count(file.path + "\n")
        if cost <= left:
            left -= cost
            yield file


def _in_rounds(ranked: Sequence[Sequence[Definition]]) -> Iterator[Definition]:
    for number in range(MAX_SYMBOLS):
        for found in ranked:
            yield from found[number : number + 1]
