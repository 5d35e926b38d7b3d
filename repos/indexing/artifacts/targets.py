"""Artifacts as definitions, and what they name as references and imports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from repos.indexing.artifacts.source import DeclaringFile
from repos.indexing.symbols import (
    KIND_BITS,
    KINDS,
    MAX_SIGNATURE_CHARS,
    Artifact,
    FileSymbols,
    ImportedName,
    ReferenceKind,
    SymbolDefinition,
)

# `package.module:function` of Python's entry points
ENTRY_POINT = re.compile(r"(?P<module>[A-Za-z_][\w.]*):(?P<function>[A-Za-z_]\w*)$")
INCLUDE = re.compile(r"\binclude\(\s*[\"'(]")
DEFINED_AS = {"setting": "constant"}
CODE = frozenset({"python", "kotlin"})  # languages of build files that are programs

Place = tuple[str, int]
References = Mapping[str, tuple[int, ...]]


def declaring(file: DeclaringFile, artifacts: tuple[Artifact, ...]) -> FileSymbols:
    """The symbols of a file that is made of declarations: its artifacts are its definitions."""
    if file.language in CODE:
        return naming(file, artifacts)
    imports = tuple(_imports(file, artifacts))
    definitions = tuple(_definitions(file, artifacts))
    references = _with_places({}, map(_call, imports))
    return FileSymbols(definitions, references, imports, artifacts=artifacts)


def naming(file: DeclaringFile, artifacts: tuple[Artifact, ...]) -> FileSymbols:
    """The symbols of a file with what its artifacts name: functions, modules and variables."""
    symbols = file.symbols
    imports = tuple(_imports(file, artifacts))
    places = [*map(_call, filter(_has_name, imports)), *_variables(symbols, artifacts)]
    return replace(
        symbols,
        imports=(*symbols.imports, *imports),
        references=_with_places(symbols.references, places),
        artifacts=artifacts,
    )


def _definitions(file: DeclaringFile, artifacts: Iterable[Artifact]) -> Iterator[SymbolDefinition]:
    for artifact in sorted(artifacts, key=lambda artifact: artifact.line):
        kind = DEFINED_AS.get(artifact.kind, artifact.kind)
        if kind in KINDS:
            head = file.all_rows[artifact.line - 1].strip()[:MAX_SIGNATURE_CHARS]
            line = artifact.line
            yield SymbolDefinition(artifact.name, kind, line, line, "", -1, head)


def _imports(file: DeclaringFile, artifacts: Iterable[Artifact]) -> Iterator[ImportedName]:
    """The functions of entry points, and the modules that routes include."""
    for artifact in artifacts:
        entry = ENTRY_POINT.match(artifact.target)
        if artifact.kind == "command" and entry is not None:
            yield ImportedName(artifact.line, entry["module"], entry["function"])
        elif artifact.kind == "route" and INCLUDE.search(file.statement(artifact.line)):
            yield ImportedName(artifact.line, artifact.target)


def _variables(symbols: FileSymbols, artifacts: Iterable[Artifact]) -> Iterator[Place]:
    """Where environment variables are read."""
    defined = {(definition.name, definition.start) for definition in symbols.definitions}
    for artifact in artifacts:
        if artifact.kind == "setting" and (artifact.name, artifact.line) not in defined:
            yield artifact.name, artifact.line << KIND_BITS | ReferenceKind.READ


def _has_name(imported: ImportedName) -> bool:
    return bool(imported.name)


def _call(imported: ImportedName) -> Place:
    return imported.name, imported.line << KIND_BITS | ReferenceKind.CALL


def _with_places(references: References, places: Iterable[Place]) -> dict[str, tuple[int, ...]]:
    found = dict(references)
    for name, place in places:
        found[name] = tuple(sorted({*found.get(name, ()), place}))
    return found
