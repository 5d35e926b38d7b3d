"""Symbols of files without a tree or queries: by the words of their lines, or by chunks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from repos.indexing.symbols.types import (
    KIND_BITS,
    MAX_NAME_CHARS,
    MAX_REFERENCES,
    MAX_SIGNATURE_CHARS,
    MAX_SYMBOLS,
    FileSymbols,
    ReferenceKind,
    SymbolDefinition,
)

# Languages of programs; of the others only the names of chunks count.
BY_WORDS = frozenset(
    "lua perl r elixir erlang haskell ocaml dart vue svelte groovy protobuf terraform make docker "
    "python javascript typescript tsx go rust java kotlin c cpp csharp ruby php swift scala bash "
    "sql".split()
)
KINDS_BY_WORD = {
    "function": "function fn func def defp sub rpc proc fun local",
    "class": "class object message",
    "interface": "interface protocol service",
    "struct": "struct record",
    "trait": "trait",
    "enum": "enum",
    "module": "module defmodule package namespace",
    "type": "type typedef",
}
KIND_OF_WORD = {word: kind for kind, words in KINDS_BY_WORD.items() for word in words.split()}
DEFINITION = re.compile(
    r"^\s{0,160}(?:(?:export|default|public|private|protected|internal|static|abstract|final|async|"
    r"local|pub|open|sealed|data)\s+){0,6}(?P<word>" + "|".join(sorted(KIND_OF_WORD)) + r")"
    r"\s+(?P<name>[^\W\d][\w.:]*[?!]?)"
)
CALL = re.compile(r"\b([^\W\d]\w*)\s{0,4}\(")
MAX_LINE_CHARS = 2_000  # of a line that is looked at
MAX_CHUNK_NAMES = 2_000  # of a file


class NamedChunk(Protocol):
    """A chunk with the names in it, the enclosing ones first."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def symbol(self) -> str: ...
    @property
    def symbols(self) -> tuple[str, ...]: ...


class Rows(Protocol):
    """The lines of a text."""

    @property
    def rows(self) -> list[str]: ...


def fallback_symbols(language: str, source: Rows, chunks: Iterable[NamedChunk]) -> FileSymbols:
    """What can be said of a file without its grammar's help."""
    if language not in BY_WORDS:
        return FileSymbols(tuple(_of_chunks(source.rows, chunks)))
    definitions = tuple(_by_words(source.rows))
    references, left_out = _calls(source.rows, {(d.name, d.start) for d in definitions})
    return FileSymbols(definitions[:MAX_SYMBOLS], references, left_out=left_out)


def _by_words(rows: Sequence[str]) -> Iterator[SymbolDefinition]:
    """Definitions of one line each: where they end is not known."""
    for number, row in enumerate(rows, 1):
        match = DEFINITION.match(row[:MAX_LINE_CHARS])
        if match is None or len(match["name"]) > MAX_NAME_CHARS:
            continue
        name = _last_part(match["name"])
        signature = row.strip()[:MAX_SIGNATURE_CHARS]
        yield SymbolDefinition(name, KIND_OF_WORD[match["word"]], number, number, "", -1, signature)


def _last_part(name: str) -> str:
    return re.split(r"[.:]+", name.rstrip(".:"))[-1]


def _calls(
    rows: Sequence[str], defined: set[tuple[str, int]]
) -> tuple[dict[str, tuple[int, ...]], int]:
    """The places of names before a bracket, and how many were left out."""
    found: dict[str, list[int]] = {}
    total = left_out = 0
    for number, row in enumerate(rows, 1):
        for name in dict.fromkeys(CALL.findall(row[:MAX_LINE_CHARS])):
            if (name, number) in defined:
                continue
            if total == MAX_REFERENCES or len(name) > MAX_NAME_CHARS:
                left_out += 1
                continue
            found.setdefault(name, []).append(number << KIND_BITS | ReferenceKind.CALL)
            total += 1
    return {name: tuple(places) for name, places in found.items()}, left_out


def _of_chunks(rows: Sequence[str], chunks: Iterable[NamedChunk]) -> Iterator[SymbolDefinition]:
    """The names inside chunks, each at the first line of its chunk that has it."""
    seen: set[str] = set()
    for chunk in chunks:
        for name in chunk.symbols:
            if name in seen or len(name) > MAX_NAME_CHARS or len(seen) == MAX_CHUNK_NAMES:
                continue
            seen.add(name)
            line = _line_of(name, rows, chunk)
            signature = rows[line - 1].strip()[:MAX_SIGNATURE_CHARS]
            yield SymbolDefinition(name, "section", line, line, "", -1, signature)


def _line_of(name: str, rows: Sequence[str], chunk: NamedChunk) -> int:
    lines = range(chunk.start, min(chunk.end, len(rows)) + 1)
    return next((line for line in lines if name in rows[line - 1][:MAX_LINE_CHARS]), chunk.start)
