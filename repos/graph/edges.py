"""Edges between files: what a file imports, calls, inherits, uses and tests, with weights."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntFlag

from repos.graph import packing
from repos.graph.name_keys import cached_name_key as name_key
from repos.indexing.modules import PathTable, files_of, folder_of
from repos.indexing.symbols import ImportedName, ReferenceKind, line_and_kind

MAX_FILES = 8  # that define one name and share it; more say nothing
MAX_EDGES = 200  # of one file
MAX_HOPS = 6  # of re-exports
MAX_IMPORTS = 2_000  # of one file that are followed
IMPORT_WEIGHT = 1.0
TEST_WEIGHT = 2.0
UNSURE = 0.3  # of a name that is neither imported nor of the same folder
TEST_NAME = re.compile(r"(^tests?_|[_.-]?(tests?|specs?)$|Tests?$|IT$)")


class EdgeKind(IntFlag):
    """Why a file is linked to another."""

    IMPORT = 1
    CALL = 2
    INHERIT = 4
    USE = 8
    TEST = 16


KIND_OF_USE = {
    ReferenceKind.CALL: EdgeKind.CALL,
    ReferenceKind.DECORATE: EdgeKind.CALL,
    ReferenceKind.INHERIT: EdgeKind.INHERIT,
}


@dataclass(frozen=True)
class LinkingFile:
    """A file whose edges are made: the keys of the names it uses, their places, imports."""

    document_id: int
    path: str
    language: str
    role: str
    keys: Sequence[int]
    places: Sequence[bytes]
    imports: Sequence[ImportedName]


@dataclass
class FileEdges:
    """The edges of one file, by path, and where the names it imports are defined."""

    kinds: dict[str, EdgeKind] = field(default_factory=lambda: defaultdict(lambda: EdgeKind(0)))
    weights: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    bindings: dict[int, str] = field(default_factory=dict)

    def add(self, path: str, kind: EdgeKind, weight: float) -> None:
        """Count a reason for an edge."""
        self.kinds[path] |= kind
        self.weights[path] += weight

    def remove(self, path: str) -> None:
        """Forget an edge."""
        self.kinds.pop(path, None)
        self.weights.pop(path, None)

    def strongest(self) -> list[tuple[str, EdgeKind, float]]:
        """Up to MAX_EDGES, by weight."""
        paths = sorted(self.weights, key=lambda path: (-self.weights[path], path))
        return [(path, self.kinds[path], self.weights[path]) for path in paths[:MAX_EDGES]]


@dataclass
class LinkedTree:
    """What edges are made of: the paths, who defines a key, what files import.

    `imports_of` maps a path to its language and imports; it need hold those that re-export.
    """

    index_id: int
    table: PathTable
    definers: Mapping[int, Sequence[str]]
    imports_of: Mapping[str, tuple[str, Sequence[ImportedName]]]

    def edges_of(self, source: LinkingFile) -> FileEdges:
        """The edges of one file."""
        edges = FileEdges()
        for imported in source.imports[:MAX_IMPORTS]:
            self._follow_import(source, imported, edges)
        self._use_names(source, edges)
        self._test_names(source, edges)
        edges.remove(source.path)
        return edges

    def _follow_import(self, source: LinkingFile, imported: ImportedName, edges: FileEdges) -> None:
        """Add edges to the files that an import means, and bind its name."""
        files = files_of(self.table, source.language, source.path, imported)
        for path in files:
            edges.add(path, EdgeKind.IMPORT, IMPORT_WEIGHT / len(files))
        name = imported.name
        if files and name and name not in ("*", "default"):
            target = self._definer(files[0], name, MAX_HOPS, set())
            if target is not None:
                edges.bindings[name_key(self.index_id, imported.bound_name)] = target
                edges.add(target, EdgeKind.IMPORT, IMPORT_WEIGHT)

    def _definer(self, path: str, name: str, hops: int, seen: set[str]) -> str | None:
        """The file that defines a name which `path` gives, re-exports followed."""
        if path in self.definers.get(name_key(self.index_id, name), ()):
            return path
        if hops == 0 or path in seen:
            return None
        seen.add(path)
        language, imports = self.imports_of.get(path, ("", ()))
        for imported in imports[:MAX_IMPORTS]:
            if imported.name != "*" and imported.bound_name != name:
                continue
            wanted = name if imported.name == "*" else imported.name
            for file in files_of(self.table, language, path, imported)[:1]:
                found = self._definer(file, wanted, hops - 1, seen)
                if found is not None:
                    return found
        return None

    def _use_names(self, source: LinkingFile, edges: FileEdges) -> None:
        """Add edges to the files that define the names a file uses and does not define."""
        imported = {path for path, kind in edges.kinds.items() if kind & EdgeKind.IMPORT}
        folder = folder_of(source.path)
        for key, packed in zip(source.keys, source.places, strict=True):
            definers = self.definers.get(key)
            if definers is None or source.path in definers:
                continue
            for path, confidence in _meant(key, definers, edges, imported, folder):
                kind, count = _strongest_kind(packed)
                edges.add(path, kind, confidence * math.log2(1 + count))

    def _test_names(self, source: LinkingFile, edges: FileEdges) -> None:
        """Mark the files that a test is named after, if it uses or imports them."""
        if source.role != "test":
            return
        tested = _tested_stem(source.path)
        if not tested:
            return
        used = [path for path in edges.kinds if _stem(path) == tested]
        for path in used or self._only_namesake(source, tested):
            edges.add(path, EdgeKind.TEST, TEST_WEIGHT)

    def _only_namesake(self, source: LinkingFile, stem: str) -> list[str]:
        """The one other file of this name and of a test's suffix, if it is the only one."""
        suffix = "." + source.path.rsplit(".", 1)[-1]
        namesakes = self.table.ending([stem], (suffix,))
        if len(namesakes) > 1:
            return []
        return namesakes


def _meant(
    key: int, definers: Sequence[str], edges: FileEdges, imported: set[str], folder: str
) -> list[tuple[str, float]]:
    """The files that a name means, each with its confidence."""
    if key in edges.bindings:
        return [(edges.bindings[key], 1.0)]
    known = [path for path in definers if path in imported]
    if known:
        return [(path, 1.0 / len(known)) for path in known]
    if len(definers) > MAX_FILES:
        return []
    near = [path for path in definers if folder_of(path) == folder]
    chosen, sure = (near, 2 * UNSURE) if near else (list(definers), UNSURE)
    return [(path, sure / len(chosen)) for path in chosen]


def _strongest_kind(packed: bytes) -> tuple[EdgeKind, int]:
    """Why a name makes an edge, and how often it stands in the file."""
    places = packing.unpack(packed)
    kinds = set(map(_kind_of, places))
    if ReferenceKind.INHERIT in kinds:
        return EdgeKind.INHERIT, len(places)
    return KIND_OF_USE.get(
        max(kinds - {ReferenceKind.IMPORT}, default=ReferenceKind.READ), EdgeKind.USE
    ), len(places)


def _kind_of(place: int) -> ReferenceKind:
    _, kind = line_and_kind(place)
    return kind


def _stem(path: str) -> str:
    return _file_name(path).split(".", 1)[0]


def _tested_stem(path: str) -> str:
    """The stem of the file that a test is named after, empty without one."""
    name = _file_name(path).rsplit(".", 1)[0]
    stem = TEST_NAME.sub("", name.removeprefix("test_"), count=1)
    if stem == name:
        return ""
    return stem


def _file_name(path: str) -> str:
    return path.rpartition("/")[2]
