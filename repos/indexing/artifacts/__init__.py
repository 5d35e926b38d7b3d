"""What a repository offers and needs beside its code, and what these name. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice

from repos.indexing.artifacts import build_files, ci_files
from repos.indexing.artifacts.commands import find_commands, find_mains
from repos.indexing.artifacts.jvm_routes import find_jvm_routes
from repos.indexing.artifacts.routes import find_routes
from repos.indexing.artifacts.rules import declared
from repos.indexing.artifacts.schemas import find_schemas
from repos.indexing.artifacts.settings import ENVIRONMENT_FILE, find_settings
from repos.indexing.artifacts.source import DeclaringFile
from repos.indexing.artifacts.targets import declaring, naming
from repos.indexing.symbols import Artifact, FileSymbols

__all__ = ["MAX_ARTIFACTS", "with_artifacts"]

MAX_ARTIFACTS = 2_000  # of one file
MAX_NAME_CHARS = 200
MAX_TARGET_CHARS = 200
Finder = Callable[[DeclaringFile], Iterator[Artifact]]
BUILD_RULES = (*build_files.RULES, *ci_files.RULES)
FINDERS: tuple[Finder, ...] = (
    partial(declared, BUILD_RULES),
    find_routes,
    find_jvm_routes,
    find_commands,
    find_mains,
    find_schemas,
    find_settings,
)


def with_artifacts(
    path: str, language: str, rows: Sequence[str], symbols: FileSymbols
) -> FileSymbols:
    """The symbols of a file with its artifacts; of build files these are its definitions, too."""
    file = DeclaringFile(path, language, rows, symbols)
    found = chain.from_iterable(find(file) for find in FINDERS)
    artifacts = tuple(islice(_unique(found), MAX_ARTIFACTS))
    if any(rule.path.search(path) for rule in BUILD_RULES) or ENVIRONMENT_FILE.search(path):
        return declaring(file, artifacts)
    return naming(file, artifacts) if artifacts else symbols


def _unique(found: Iterator[Artifact]) -> Iterator[Artifact]:
    """Artifacts with names, cut, each kind and name of a line once."""
    seen = set()
    for artifact in found:
        name = " ".join(artifact.name.split())[:MAX_NAME_CHARS]
        key = (artifact.kind, name, artifact.line)
        if name and key not in seen:
            seen.add(key)
            target = " ".join(artifact.target.split())[:MAX_TARGET_CHARS]
            yield replace(artifact, name=name, target=target)
