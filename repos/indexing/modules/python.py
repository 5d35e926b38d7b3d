"""Python's imports."""

from __future__ import annotations

from collections.abc import Iterator

from repos.indexing.modules.paths import PathTable, folder_of, joined
from repos.indexing.symbols import ImportedName


def files_of(table: PathTable, source: str, imported: ImportedName) -> list[str]:
    """The module that a statement names; a submodule of it where the name is one."""
    dots = len(imported.module) - len(imported.module.lstrip("."))
    parts = [part for part in imported.module.strip(".").split(".") if part]
    if dots:
        folder = joined(folder_of(source), "../" * (dots - 1) or ".")
        return table.first(_candidates(folder, parts, imported.name))
    for root in table.python_roots:
        found = table.first(_candidates(root, parts, imported.name))
        if found:
            return found
    return table.first(_candidates(folder_of(source), parts, imported.name))


def _candidates(folder: str, parts: list[str], name: str) -> Iterator[str]:
    module = "/".join(filter(None, (folder, *parts)))
    if name and name != "*":
        yield from _files(f"{module}/{name}" if module else name)
    if module:
        yield from _files(module)


def _files(module: str) -> tuple[str, ...]:
    return (f"{module}.py", f"{module}/__init__.py", f"{module}.pyi", f"{module}/__init__.pyi")
