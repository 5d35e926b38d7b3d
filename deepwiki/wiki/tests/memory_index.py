"""An index in memory, of texts by path: what a wiki is made of without a database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from deepwiki.wiki.pages import CallingLine, OutgoingCall, Symbol
from deepwiki.wiki.plan import CodeBase, FileArtifact, FileLink, LinkKind, PlannedFile
from repos.graph import packing
from repos.graph.edges import FileEdges, LinkedTree, LinkingFile
from repos.graph.name_keys import cached_name_key as name_key
from repos.graph.ranks import page_ranks
from repos.indexing import FileSymbols, language_of, parse
from repos.indexing.file_roles import role
from repos.indexing.modules import MANIFEST_NAMES, PathTable, read_manifests
from repos.indexing.symbols import ReferenceKind, line_and_kind

INDEX_ID = 1
CALLS = {ReferenceKind.CALL, ReferenceKind.DECORATE}
ENCLOSING = {"function", "method", "class"}
Parsed = Mapping[str, FileSymbols]


def parsed(texts: Mapping[str, str]) -> dict[str, FileSymbols]:
    """The symbols of each file."""
    return {path: parse(path, text).symbols for path, text in texts.items()}


class MemoryIndex:
    """A `SymbolReader` over texts, with the `CodeBase` of the same files."""

    def __init__(
        self,
        texts: Mapping[str, str],
        name: str = "owner/shop",
        symbols: Parsed | None = None,
        commit: str = "a" * 40,
    ) -> None:
        self.files = dict(sorted(texts.items()))
        self.name, self.commit = name, commit
        self.symbols = parsed(self.files) if symbols is None else symbols
        self.calls_made: Counter[str] = Counter()

    @cached_property
    def code(self) -> CodeBase:
        """Files, links and artifacts."""
        edges = self._edges
        paths = list(self.files)
        numbers = {path: number for number, path in enumerate(paths)}
        links = [
            FileLink(source, target, LinkKind(int(kinds)), weight)
            for source, found in edges.items()
            for target, kinds, weight in found.strongest()
            if target in numbers
        ]
        ranks = page_ranks(
            len(paths),
            np.array([numbers[link.source] for link in links], dtype=np.int64),
            np.array([numbers[link.target] for link in links], dtype=np.int64),
            np.array([link.weight for link in links], dtype=np.float64),
        )
        degrees = Counter(link.target for link in links)
        files = {
            path: PlannedFile(
                path,
                language_of(path),
                role(path),
                self.files[path].count("\n") + 1,
                float(ranks[numbers[path]]),
                degrees[path],
            )
            for path in paths
        }
        return CodeBase(self.name, self.commit, files, links, list(self._artifacts()))

    def outlines(self, paths: Sequence[str]) -> dict[str, list[Symbol]]:
        """See SymbolReader."""
        self.calls_made["outlines"] += 1
        return {path: self._outline(path) for path in paths if path in self.files}

    def texts(self, paths: Sequence[str]) -> dict[str, str]:
        """See SymbolReader."""
        self.calls_made["texts"] += 1
        return {path: self.files[path][:200_000] for path in paths if path in self.files}

    def use_counts(self, names: Sequence[str]) -> dict[str, float]:
        """See SymbolReader."""
        self.calls_made["use_counts"] += 1
        return {
            name: self._users[name] / max(1, len(self._definers.get(_key(name), ())))
            for name in names
            if name in self._users
        }

    def callers(
        self, symbols: Sequence[Symbol], per_symbol: int
    ) -> dict[Symbol, list[CallingLine]]:
        """See SymbolReader."""
        self.calls_made["callers"] += 1
        return {symbol: self._callers(symbol)[:per_symbol] for symbol in symbols}

    def calls(self, symbols: Sequence[Symbol], per_symbol: int) -> dict[Symbol, list[OutgoingCall]]:
        """See SymbolReader."""
        self.calls_made["calls"] += 1
        return {symbol: list(self._calls(symbol))[:per_symbol] for symbol in symbols}

    @cached_property
    def _edges(self) -> dict[str, FileEdges]:
        table = PathTable(self.files)
        manifests = {
            path: text
            for path, text in self.files.items()
            if path.rpartition("/")[2] in MANIFEST_NAMES
        }
        read_manifests(table, manifests)
        imports = {
            path: (language_of(path), list(found.imports)) for path, found in self.symbols.items()
        }
        tree = LinkedTree(INDEX_ID, table, self._definers, imports)
        return {path: tree.edges_of(self._linking(path)) for path in self.files}

    def _linking(self, path: str) -> LinkingFile:
        found = self.symbols[path]
        keys = [_key(name) for name in found.references]
        places = [packing.pack(places) for places in found.references.values()]
        imports = list(found.imports)
        return LinkingFile(0, path, language_of(path), role(path), keys, places, imports)

    @cached_property
    def _definers(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for path, symbols in self.symbols.items():
            for name in {definition.name for definition in symbols.definitions}:
                found[_key(name)].append(path)
        return found

    @cached_property
    def _users(self) -> Counter[str]:
        return Counter(name for found in self.symbols.values() for name in found.references)

    def _artifacts(self) -> Iterator[FileArtifact]:
        for path, found in self.symbols.items():
            for artifact in found.artifacts:
                yield FileArtifact(
                    artifact.kind, artifact.name, path, artifact.line, artifact.target
                )

    def _outline(self, path: str) -> list[Symbol]:
        return [
            Symbol(
                path,
                definition.name,
                definition.qualified_name,
                definition.kind,
                definition.start,
                definition.end,
                definition.signature,
                definition.comment,
                definition.parent,
            )
            for definition in self.symbols[path].definitions
        ]

    def _callers(self, symbol: Symbol) -> list[CallingLine]:
        found = []
        for path in self._users_by_name.get(symbol.name, ()):
            if path != symbol.path and symbol.path not in self._edges[path].kinds:
                continue
            for place in self.symbols[path].references[symbol.name]:
                line, kind = line_and_kind(place)
                if kind in CALLS:
                    found.append(CallingLine(path, line, self._around(path, line)))
        return sorted(found, key=lambda each: (role(each.path) != "code", each.path, each.line))

    @cached_property
    def _users_by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path, symbols in self.symbols.items():
            for name in symbols.references:
                found[name].append(path)
        return found

    def _around(self, path: str, line: int) -> str:
        name = ""
        for definition in self.symbols[path].definitions:
            if definition.kind in ENCLOSING and definition.start <= line <= definition.end:
                name = definition.qualified_name
        return name

    def _calls(self, symbol: Symbol) -> Iterator[OutgoingCall]:
        found = []
        for name, places in self.symbols[symbol.path].references.items():
            lines = [line for line, kind in map(line_and_kind, places) if kind in CALLS]
            lines = [line for line in lines if symbol.start <= line <= symbol.end]
            target = self._meant(symbol, name) if lines else None
            if target is not None and target != symbol:
                found.append(OutgoingCall(lines[0], target))
        yield from sorted(found, key=lambda call: (call.line, call.target.name))

    def _meant(self, symbol: Symbol, name: str) -> Symbol | None:
        definers = self._definers.get(_key(name), [])
        bound = self._edges[symbol.path].bindings.get(_key(name))
        if bound is None and symbol.path in definers:
            bound = symbol.path
        if bound is None:
            near = [path for path in definers if path in self._edges[symbol.path].kinds]
            bound = near[0] if len(near) == 1 else None
        if bound is None:
            return None
        meant = [each for each in self._outline(bound) if each.name == name]
        return meant[0] if len(meant) == 1 else None


def _key(name: str) -> int:
    return name_key(INDEX_ID, name)
