"""Imports of JavaScript and TypeScript: relative paths, tsconfig's `paths`, packages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repos.indexing.modules.paths import PathTable, folder_of, joined
from repos.indexing.symbols import ImportedName

SUFFIXES = (
    ".ts",
    ".tsx",
    ".d.ts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".mts",
    ".cts",
    ".vue",
    ".svelte",
)
WRITTEN_SUFFIX = re.compile(r"\.(js|jsx|mjs|cjs|ts|tsx)$")  # `./a.js` may mean a.ts


def files_of(table: PathTable, source: str, imported: ImportedName) -> list[str]:
    """The file that a module's text means."""
    module = imported.module
    if module.startswith("."):
        return table.first(_files(joined(folder_of(source), module)))
    for target in _targets(table, module):
        found = table.first(_files(target))
        if found:
            return found
    return []


def _targets(table: PathTable, module: str) -> Iterator[str]:
    """Where aliases and packages lead."""
    for pattern, target in table.aliases:
        start, star, _ = pattern.partition("*")
        if star and module.startswith(start):
            yield target.replace("*", module[len(start) :], 1)
        elif module == pattern:
            yield target
    parts = module.split("/")
    for count in range(len(parts), 0, -1):
        folder = table.packages.get("/".join(parts[:count]))
        if folder is not None:
            rest = "/".join(parts[count:])
            yield joined(folder, rest or ".") or folder
            yield joined(folder, f"src/{rest or 'index'}")


def _files(path: str) -> Iterator[str]:
    yield path
    stem = WRITTEN_SUFFIX.sub("", path)
    for base in dict.fromkeys((path, stem)):
        yield from (base + suffix for suffix in SUFFIXES)
    yield from (f"{path}/index{suffix}".lstrip("/") for suffix in SUFFIXES)
