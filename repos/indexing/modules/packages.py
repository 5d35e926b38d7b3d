"""Imports that name packages, crates, headers and scripts."""

from __future__ import annotations

import re

from repos.indexing.modules.paths import PathTable, folder_of, joined
from repos.indexing.symbols import ImportedName

JVM = (".java", ".kt", ".scala")
CSHARP = (".cs",)
SEPARATORS = re.compile(r"[./\\:]+")
MIN_PARTS = 2  # of a package's path that must agree, where it has so many


def go_files(table: PathTable, source: str, imported: ImportedName) -> list[str]:
    """The files of a Go package: a path below a module of some go.mod."""
    parts = imported.module.split("/")
    for count in range(len(parts), 0, -1):
        folder = table.packages.get("/".join(parts[:count]))
        if folder is not None:
            package = "/".join(filter(None, (folder, *parts[count:])))
            files = table.in_folder(package, (".go",))
            return [path for path in files if not path.endswith("_test.go")]
    return []


def jvm_files(table: PathTable, source: str, imported: ImportedName) -> list[str]:
    """The file of a class, or the files of a package."""
    parts = SEPARATORS.split(imported.module)
    if imported.name and imported.name != "*":
        if parts[-1] != imported.name:
            parts = [*parts, imported.name]
        return table.ending(parts, JVM) or table.ending(parts[:-1], JVM)
    return _folders(table, parts, JVM)


def php_files(table: PathTable, source: str, imported: ImportedName) -> list[str]:
    """A class by its namespace, of which a prefix may be mapped to a folder; or a script."""
    if imported.module.endswith(".php"):
        return script_files(table, source, imported)
    parts = [*SEPARATORS.split(imported.module.strip("\\")), imported.name]
    for start in range(len(parts) - 1):
        found = table.ending(parts[start:], (".php",))
        if found:
            return found
    return []


def csharp_files(table: PathTable, source: str, imported: ImportedName) -> list[str]:
    """The files of a namespace, whose folder is named like it."""
    parts = SEPARATORS.split(imported.module)
    return table.ending(parts, CSHARP) or _folders(table, parts, CSHARP)


def rust_files(table: PathTable, source: str, imported: ImportedName) -> list[str]:
    """The file of a module of this crate."""
    parts = SEPARATORS.split(imported.module)
    folder = folder_of(source)
    stem = source.rpartition("/")[2].removesuffix(".rs")
    inside = folder if stem in ("mod", "lib", "main") else f"{folder}/{stem}".lstrip("/")
    if parts[0] == "crate":
        folder, parts = _crate(source), parts[1:]
    elif parts[0] == "super":
        folder, parts = folder_of(inside), parts[1:]
    elif parts[0] == "self" or len(parts) == 1:
        folder, parts = inside, [part for part in parts if part != "self"]
    else:
        folder = folder_of(inside)
    for path in ([*parts, imported.name], parts):
        module = "/".join(filter(None, (folder, *path)))
        found = table.first((f"{module}.rs", f"{module}/mod.rs", f"{module}/lib.rs"))
        if found:
            return found
    return []


def script_files(table: PathTable, source: str, imported: ImportedName) -> list[str]:
    """A header or script by its path: from this folder, from the root, or by its end."""
    path = imported.module.strip("<>\"'")
    names = [path, f"{path}.rb"]
    places = (joined(folder, name) for name in names for folder in (folder_of(source), ""))
    found = table.first(filter(None, places))
    if found or not path:
        return found
    parts = _named_parts(path)
    if not parts or imported.module.startswith("."):
        return []
    stem, dot, suffix = parts[-1].partition(".")
    ends = table.ending([*parts[:-1], stem], (dot + suffix if dot else ".rb",))
    return ends if len(ends) == 1 or len(parts) >= MIN_PARTS else []


def _named_parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".", "..")]


def _folders(table: PathTable, parts: list[str], suffixes: tuple[str, ...]) -> list[str]:
    folders = table.folders_ending(parts)
    return [path for folder in folders for path in table.in_folder(folder, suffixes)]


def _crate(source: str) -> str:
    """The folder `src` of the crate that holds a file."""
    start, found, _ = source.rpartition("src/")
    return f"{start}src" if found else folder_of(source)
