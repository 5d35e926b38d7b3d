"""Which files of a tree an import means. Pure."""

from collections.abc import Callable

from repos.indexing.modules import javascript, packages, python
from repos.indexing.modules.manifests import NAMES as MANIFEST_NAMES
from repos.indexing.modules.manifests import read_manifests
from repos.indexing.modules.paths import PathTable, folder_of
from repos.indexing.symbols import ImportedName

__all__ = ["MANIFEST_NAMES", "PathTable", "files_of", "folder_of", "read_manifests"]

Resolver = Callable[[PathTable, str, ImportedName], list[str]]
RESOLVERS: dict[str, Resolver] = {
    # Of configuration files, entry points name modules of Python.
    **dict.fromkeys(("python", "toml", "ini"), python.files_of),
    **dict.fromkeys(("javascript", "typescript", "tsx", "vue", "svelte"), javascript.files_of),
    "go": packages.go_files,
    **dict.fromkeys(("java", "kotlin", "scala"), packages.jvm_files),
    "php": packages.php_files,
    "csharp": packages.csharp_files,
    "rust": packages.rust_files,
    **dict.fromkeys(("c", "cpp", "ruby", "bash"), packages.script_files),
}


def files_of(table: PathTable, language: str, source: str, imported: ImportedName) -> list[str]:
    """The files that an import in the file `source` may mean, without itself."""
    found = RESOLVERS.get(language, _none)(table, source, imported)
    return [path for path in found if path != source]


def _none(_table: PathTable, _source: str, _imported: ImportedName) -> list[str]:
    """Of a language whose imports name no files."""
    return []
