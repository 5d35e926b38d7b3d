"""What a file defines, uses and imports: the types that extraction gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

MAX_SYMBOLS = 50_000  # definitions of a file
MAX_REFERENCES = 200_000  # of a file
MAX_IMPORTS = 5_000  # of a file
MAX_NAME_CHARS = 200  # longer names are left out
MAX_SIGNATURE_CHARS = 200
MAX_COMMENT_CHARS = 160
MAX_MODULE_CHARS = 300
ARTIFACT_KINDS = "command main stage service job route schema setting".split()


class ReferenceKind(IntEnum):
    """How a name is used."""

    READ = 1
    TYPE = 2
    CALL = 3
    DECORATE = 4
    INHERIT = 5
    IMPORT = 6


KIND_BITS = 3  # a place is `line << KIND_BITS | kind`
KIND_MASK = (1 << KIND_BITS) - 1


@dataclass(frozen=True)
class SymbolDefinition:
    """A definition of lines `start`..`end` (1-based, inclusive).

    `kind` is one of `repos.indexing.symbols.KINDS`. `scope` is the dotted path of what
    encloses it, empty at top level; `parent` the number of the enclosing definition in
    its file, -1 without one. `signature` is the head on one line, `comment` the first
    line of its docstring or of the comment before it.
    """

    name: str
    kind: str
    start: int
    end: int
    scope: str = ""
    parent: int = -1
    signature: str = ""
    comment: str = ""

    @property
    def qualified_name(self) -> str:
        """The dotted path of the definition."""
        return dotted(self.scope, self.name)


@dataclass(frozen=True)
class ImportedName:
    """One name that line `line` imports.

    `module` is the text in the source (`..models`, `./prices`); `name` what is imported
    of it: empty for the module itself, `*` for all, `default` for a default export.
    `alias` is the name it is bound to, empty if that is `name`.
    """

    line: int
    module: str
    name: str = ""
    alias: str = ""

    @property
    def bound_name(self) -> str:
        """The name under which the file uses it."""
        return self.alias or self.name


@dataclass(frozen=True)
class Artifact:
    """Something that a line of a file offers or needs, beside what the code defines.

    `kind` is one of ARTIFACT_KINDS: a route (`GET /users`), a setting (`DATABASE_URL`).
    `target` is what it names: the function that serves it, its command, its value; or empty.
    """

    kind: str
    name: str
    line: int
    target: str = ""


@dataclass(frozen=True)
class FileSymbols:
    """The symbols of one file, definitions in the order of their start.

    `references` maps a name to its places, ascending: `line << KIND_BITS | kind`.
    `left_out` counts what was over a limit. `by_words` says that the file's grammar failed,
    so that the symbols are found by the words of its lines.
    """

    definitions: tuple[SymbolDefinition, ...] = ()
    references: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    imports: tuple[ImportedName, ...] = ()
    left_out: int = 0
    artifacts: tuple[Artifact, ...] = ()
    by_words: bool = False


def dotted(scope: str, name: str) -> str:
    """A name inside a scope, which may be empty."""
    return f"{scope}.{name}" if scope else name


def _fields(value: object) -> list[object]:
    return list(vars(value).values())


def _rows(values: Sequence[object]) -> list[list[object]]:
    return list(map(_fields, values))


def to_message(symbols: FileSymbols) -> list[object]:
    """The symbols as JSON takes them, compactly."""
    return [
        _rows(symbols.definitions),
        symbols.references,
        _rows(symbols.imports),
        symbols.left_out,
        _rows(symbols.artifacts),
        symbols.by_words,
    ]


def from_message(message: Sequence[Any]) -> FileSymbols:
    """The symbols that `to_message` gave, after JSON."""
    definitions, references, imports, left_out, artifacts, by_words = message
    return FileSymbols(
        tuple(SymbolDefinition(*values) for values in definitions),
        {name: tuple(packed) for name, packed in references.items()},
        tuple(ImportedName(*values) for values in imports),
        left_out,
        tuple(Artifact(*values) for values in artifacts),
        by_words,
    )


def places(packed: tuple[int, ...]) -> list[tuple[int, ReferenceKind]]:
    """Lines and kinds of the places of one name."""
    return list(map(line_and_kind, packed))


def line_and_kind(place: int) -> tuple[int, ReferenceKind]:
    """The line and the kind of a packed place."""
    return place >> KIND_BITS, ReferenceKind(place & KIND_MASK)
