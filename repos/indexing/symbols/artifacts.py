"""What manifests, build, container and CI files declare: commands, stages, services, jobs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from repos.indexing.symbols.types import (
    KIND_BITS,
    MAX_NAME_CHARS,
    MAX_SIGNATURE_CHARS,
    FileSymbols,
    ImportedName,
    ReferenceKind,
    SymbolDefinition,
)

MAX_LINE_CHARS = 2_000
MAX_DECLARED = 2_000  # of one file
# `name = "package.module:function"` of Python's entry points
TARGET = re.compile(r"[=\"'\s](?P<module>[A-Za-z_][\w.]*):(?P<function>[A-Za-z_]\w*)")


@dataclass(frozen=True)
class Rule:
    """Lines that declare something: in files of a name, between two lines where these are given."""

    path: re.Pattern[str]
    line: re.Pattern[str]
    kind: str
    begins: re.Pattern[str] | None = None
    ends: re.Pattern[str] = re.compile(r"^\S")


def _rule(path: str, line: str, kind: str, begins: str = "", ends: str = r"^\S") -> Rule:
    start = re.compile(begins) if begins else None
    return Rule(re.compile(path), re.compile(line), kind, start, re.compile(ends))


SCRIPTS = r"^\[(project\.(gui-)?scripts|project\.entry-points\b.*|tool\.poetry\.scripts)\]"
RULES = (
    _rule(r"(^|/)pyproject\.toml$", r"^[\"']?([\w.-]+)[\"']?\s*=", "command", SCRIPTS, r"^\["),
    _rule(
        r"(^|/)setup\.cfg$", r"^\s+([\w.-]+)\s*=", "command", r"^\[options\.entry_points\]", r"^\["
    ),
    _rule(
        r"(^|/)package\.json$", r"^\s*\"([\w:.-]+)\"\s*:\s*\"", "command", r"\"scripts\"\s*:", r"\}"
    ),
    _rule(r"(^|/)[Mm]akefile$", r"^([\w.-]+)\s*:(?!=)", "command"),
    _rule(r"(^|/)Dockerfile[^/]*$", r"^FROM\s+\S+\s+[Aa][Ss]\s+([\w.-]+)", "stage"),
    _rule(r"(^|/)(docker-)?compose[^/]*\.ya?ml$", r"^  ([\w.-]+):\s*$", "service", r"^services:"),
    _rule(r"(^|/)\.github/workflows/[^/]+\.ya?ml$", r"^  ([\w.-]+):\s*$", "job", r"^jobs:"),
)


def with_artifacts(path: str, rows: Sequence[str], symbols: FileSymbols) -> FileSymbols:
    """The symbols of a file; those of a build or configuration file by what it declares."""
    rule = next((rule for rule in RULES if rule.path.search(path)), None)
    if rule is None:
        return symbols
    definitions = tuple(_declared(rule, rows))[:MAX_DECLARED]
    targets = [target for declared in definitions for target in _target(declared)]
    imports = tuple(ImportedName(line, module, name) for line, module, name in targets)
    return FileSymbols(definitions, _references(imports), imports)


def _declared(rule: Rule, rows: Sequence[str]) -> Iterator[SymbolDefinition]:
    is_inside = rule.begins is None
    for number, row in enumerate(rows, 1):
        text = row[:MAX_LINE_CHARS]
        if rule.begins is not None and rule.begins.search(text):
            is_inside = True
            continue
        if rule.begins is not None and rule.ends.search(text):
            is_inside = False
        match = rule.line.match(text) if is_inside else None
        if match is not None:
            yield _symbol(match[1], rule.kind, number, text)


def _symbol(name: str, kind: str, line: int, text: str) -> SymbolDefinition:
    head = text.strip()[:MAX_SIGNATURE_CHARS]
    return SymbolDefinition(name[:MAX_NAME_CHARS], kind, line, line, "", -1, head)


def _target(declared: SymbolDefinition) -> Iterator[tuple[int, str, str]]:
    """The line, module and function that an entry point names."""
    match = TARGET.search(declared.signature)
    if match is not None and declared.kind == "command":
        yield declared.start, match["module"], match["function"]


def _packed_call(name: ImportedName) -> int:
    return name.line << KIND_BITS | ReferenceKind.CALL


def _references(imports: Sequence[ImportedName]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for name in imports:
        found.setdefault(name.name, []).append(_packed_call(name))
    return {name: tuple(places) for name, places in found.items()}
