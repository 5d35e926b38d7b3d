"""Links the files of an index: all of a new one, of a live one those that changes concern."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepwiki.foundation.sql import (
    Row,
    Values,
    copy_rows,
    execute,
    fetch_all,
    fetch_value,
    read_sql,
)
from repos.graph.edges import FileEdges, LinkedTree, LinkingFile
from repos.graph.name_keys import name_key, path_key
from repos.graph.ranks import Floats, Ints, page_ranks
from repos.indexing.modules import MANIFEST_NAMES, PathTable, read_manifests
from repos.indexing.symbols import ImportedName

FILE_COLUMNS = "document_id, path_key, in_degree, rank, targets, kinds, weights, bindings"
SOURCES = read_sql(__file__, "sources.sql")
CONCERNED = read_sql(__file__, "concerned_documents.sql")
DEFINERS = read_sql(__file__, "definers.sql")
RANKS = read_sql(__file__, "update_ranks.sql")
PATHS = "SELECT id, path FROM repos_document WHERE index_id = %s AND is_live ORDER BY id"
MANIFESTS = """
SELECT path, text FROM repos_document
WHERE index_id = %s AND is_live AND substring(path from '[^/]*$') = ANY(%s) LIMIT 300
"""
IS_LINKED = """
SELECT EXISTS (SELECT 1 FROM repos_graphfile f JOIN repos_document d ON d.id = f.document_id
               WHERE d.index_id = %s)
"""
STAGED = "SELECT id FROM repos_document WHERE index_id = %s AND NOT is_live"
PATHS_OF = "SELECT path FROM repos_document WHERE id = ANY(%s)"
KEYS_OF = "SELECT DISTINCT key FROM repos_graphdefinition WHERE document_id = ANY(%s)"
EDGES = """
SELECT f.document_id, f.path_key, f.targets, f.weights, f.in_degree, f.rank FROM repos_graphfile f
JOIN repos_document d ON d.id = f.document_id WHERE d.index_id = %s AND d.is_live
"""
MAX_CONCERNED = 500  # documents that one update links anew, besides the changed ones
LEAST_CHANGE = 0.05  # of a rank that is written again


@dataclass(frozen=True)
class Change:
    """What an update replaces: ids of new documents, and keys of names and paths before."""

    documents: Sequence[int]
    old_keys: frozenset[int]
    old_paths: frozenset[int]


def link_index(index_id: int) -> None:
    """Store the edges of a whole index, in the caller's transaction. Does nothing twice."""
    if not fetch_value(IS_LINKED, [index_id]):
        _store(index_id, None)
        _update_ranks(index_id)


def keys_of(documents: Sequence[int]) -> frozenset[int]:
    """The keys of the names that documents define."""
    return frozenset(_first_column(KEYS_OF, [list(documents)]))


def _first_column(statement: str, values: Values) -> Iterator[Any]:
    for row in fetch_all(statement, values):
        yield row[0]


def change_of(index_id: int, replaced: Sequence[int]) -> Change:
    """What an update is going to replace; to be called before it deletes `replaced`."""
    documents = list(_first_column(STAGED, [index_id]))
    return Change(documents, keys_of(replaced), path_keys_of(index_id, replaced))


def path_keys_of(index_id: int, documents: Sequence[int]) -> frozenset[int]:
    """The keys of the paths of documents."""
    paths = _first_column(PATHS_OF, [list(documents)])
    return frozenset(path_key(index_id, path) for path in paths)


def link_changes(index_id: int, change: Change) -> None:
    """Link the changed documents, and those that their changes concern, anew."""
    documents = sorted({*change.documents, *_concerned(index_id, change)})
    execute("DELETE FROM repos_graphfile WHERE document_id = ANY(%s)", [documents])
    _store(index_id, documents)
    _update_ranks(index_id)


def _concerned(index_id: int, change: Change) -> Iterator[int]:
    """The other documents that a change concerns."""
    keys = change.old_keys ^ keys_of(change.documents)
    paths = change.old_paths ^ path_keys_of(index_id, change.documents)
    values = {"index": index_id, "keys": [*keys], "paths": [*paths], "limit": MAX_CONCERNED}
    if keys or paths:
        yield from _first_column(CONCERNED, values)


def _store(index_id: int, documents: Sequence[int] | None) -> None:
    """Store the edges of some documents, or of all."""
    rows = fetch_all(SOURCES, {"index": index_id, "documents": documents})
    sources = [_source(row) for row in rows]
    tree = _tree(index_id, sources, is_whole=documents is None)
    linked = ((source, tree.edges_of(source)) for source in sources)
    copy_rows("repos_graphfile", FILE_COLUMNS, _rows(index_id, linked))


def _source(row: Row) -> LinkingFile:
    document, path, language, role, keys, places, imports = row
    return LinkingFile(document, path, language, role, keys, places, imports_of(imports))


def imports_of(text: str) -> list[ImportedName]:
    """The imports of a document, from their stored form."""
    return list(map(_import_of, filter(None, text.split("\n"))))


def _import_of(fields: str) -> ImportedName:
    line, *names = fields.split("\t")
    return ImportedName(int(line), *names)


def _tree(index_id: int, sources: Sequence[LinkingFile], *, is_whole: bool) -> LinkedTree:
    paths: dict[int, str] = dict(fetch_all(PATHS, [index_id]))
    table = PathTable(paths.values())
    read_manifests(table, dict(fetch_all(MANIFESTS, [index_id, list(MANIFEST_NAMES)])))
    imports = {source.path: (source.language, source.imports) for source in sources}
    keys = None
    if not is_whole:
        imports.update(_imports_of_others(index_id))
        keys = sorted(_wanted_keys(index_id, sources, imports))
    definers: dict[int, list[str]] = {}
    for key, document in fetch_all(DEFINERS, {"index": index_id, "keys": keys}):
        definers.setdefault(key, []).append(paths[document])
    return LinkedTree(index_id, table, definers, imports)


def _imports_of_others(index_id: int) -> Iterator[tuple[str, tuple[str, list[ImportedName]]]]:
    """The imports of files that may re-export: packages and index files."""
    statement = """
    SELECT d.path, d.language, r.imports FROM repos_document d
    JOIN repos_graphreferences r ON r.document_id = d.id
    WHERE d.index_id = %s AND d.is_live AND d.path ~ '(^|/)(__init__|index)\\.[a-z]+$'
    """
    for path, language, text in fetch_all(statement, [index_id]):
        yield path, (language, imports_of(text))


def _wanted_keys(
    index_id: int,
    sources: Sequence[LinkingFile],
    imports: dict[str, tuple[str, Sequence[ImportedName]]],
) -> set[int]:
    names = {name.name for source in sources for name in source.imports}
    names |= {name.name for _, found in imports.values() for name in found if name.alias}
    keys = {key for source in sources for key in source.keys}
    return keys | {name_key(index_id, name) for name in names}


def _flat_bindings(index_id: int, edges: FileEdges) -> list[int]:
    pairs = ((name, path_key(index_id, path)) for name, path in edges.bindings.items())
    return [*chain.from_iterable(pairs)]


def _rows(index_id: int, linked: Iterable[tuple[LinkingFile, FileEdges]]) -> Iterator[Row]:
    for source, edges in linked:
        yield _row(index_id, source, edges)


def _row(index_id: int, source: LinkingFile, edges: FileEdges) -> Row:
    """FILE_COLUMNS of a file."""
    strongest = edges.strongest()
    targets = [path_key(index_id, path) for path, _, _ in strongest]
    kinds = [int(kind) for _, kind, _ in strongest]
    weights = [round(weight, 3) for _, _, weight in strongest]
    key, bindings = path_key(index_id, source.path), _flat_bindings(index_id, edges)
    return source.document_id, key, 0, 0.0, targets, kinds, weights, bindings


def _update_ranks(index_id: int) -> None:
    """Rank the files of an index anew; rows that changed by a little only stay."""
    files = fetch_all(EDGES, [index_id])
    sources, targets, weights = _edge_columns(files)
    ranks = page_ranks(len(files), sources, targets, weights)
    degrees = np.bincount(targets, minlength=len(files))
    old = np.array([row[4:6] for row in files], dtype=np.float64).reshape(-1, 2)
    changed = np.flatnonzero((degrees != old[:, 0]) | _differs(ranks, old[:, 1]))
    values = {
        "documents": [files[number][0] for number in changed],
        "degrees": degrees[changed].tolist(),
        "ranks": ranks[changed].tolist(),
    }
    execute(RANKS, values)


def _differs(ranks: Floats, old: Floats) -> NDArray[np.bool_]:
    return np.abs(ranks - old) > LEAST_CHANGE * np.maximum(old, LEAST_CHANGE)


def _edge_columns(files: Sequence[Row]) -> tuple[Ints, Ints, Floats]:
    """Sources, targets and weights of the edges between files, these by their number."""
    numbers = {row[1]: number for number, row in enumerate(files)}
    edges = [edge for row in files for edge in _numbered(row, numbers)]
    table = np.array(edges, dtype=np.float64).reshape(-1, 3)
    return table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2]


def _numbered(row: Row, numbers: Mapping[int, int]) -> Iterator[tuple[int, int, float]]:
    _, path, targets, weights = row[:4]
    for target, weight in zip(targets, weights, strict=True):
        if target in numbers:
            yield numbers[path], numbers[target], weight
