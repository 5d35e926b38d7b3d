"""Links the files of an index: all of a new one, of a live one those that changes concern."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from deepwiki.foundation.sql import (
    Row,
    copy_rows,
    execute,
    fetch_all,
    fetch_column,
    fetch_value,
    read_sql,
)
from repos.graph.edges import FileEdges, LinkedTree, LinkingFile
from repos.graph.file_ranks import update_degrees, update_ranks
from repos.graph.name_keys import name_key, path_key
from repos.graph.ranks import DAMPING
from repos.indexing.modules import MANIFEST_NAMES, PathTable, read_manifests
from repos.indexing.symbols import ImportedName

FILE_COLUMNS = "document_id, path_key, in_degree, rank, targets, kinds, weights, bindings"
SOURCES = read_sql(__file__, "sources.sql")
CONCERNED = read_sql(__file__, "concerned_documents.sql")
DEFINERS = read_sql(__file__, "definers.sql")
LINKS_OF = "SELECT path_key, rank, targets FROM repos_graphfile WHERE document_id = ANY(%s)"
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
MAX_CONCERNED = 500  # documents that one update links anew, besides the changed ones
# An update of no more documents leaves the ranks of all others, and of their paths, as they are.
MAX_KEPT_RANKS = 50
LEAST_RANK = 1 - DAMPING
NO_RANKS: Mapping[int, float] = {}


@dataclass(frozen=True)
class Change:
    """What an update replaces: ids of new documents, and keys of names and paths before."""

    documents: Sequence[int]
    old_keys: frozenset[int]
    old_paths: frozenset[int]
    old_links: Sequence[Row] = ()


def link_index(index_id: int) -> None:
    """Store the edges of a whole index, in the caller's transaction. Does nothing twice."""
    if not fetch_value(IS_LINKED, [index_id]):
        _store(index_id, None)
        update_ranks(index_id)


def keys_of(documents: Sequence[int]) -> frozenset[int]:
    """The keys of the names that documents define."""
    return frozenset(fetch_column(KEYS_OF, [list(documents)]))


def change_of(index_id: int, replaced: Sequence[int]) -> Change:
    """What an update is going to replace; to be called before it deletes `replaced`."""
    documents = fetch_column(STAGED, [index_id])
    paths = path_keys_of(index_id, replaced)
    return Change(documents, keys_of(replaced), paths, _links_of(replaced))


def _links_of(documents: Sequence[int]) -> list[Row]:
    """Keys, ranks and targets of files."""
    return fetch_all(LINKS_OF, [list(documents)])


def path_keys_of(index_id: int, documents: Sequence[int]) -> frozenset[int]:
    """The keys of the paths of documents."""
    paths = fetch_column(PATHS_OF, [list(documents)])
    return frozenset(path_key(index_id, path) for path in paths)


def link_changes(index_id: int, change: Change) -> None:
    """Link the changed documents, and those that their changes concern, anew."""
    documents = sorted({*change.documents, *_concerned(index_id, change)})
    before = [*change.old_links, *_links_of(documents)]
    execute("DELETE FROM repos_graphfile WHERE document_id = ANY(%s)", [documents])
    _store(index_id, documents, {key: rank for key, rank, _ in before})
    if len(documents) > MAX_KEPT_RANKS:
        update_ranks(index_id)
    else:
        update_degrees([*before, *_links_of(documents)])


def _concerned(index_id: int, change: Change) -> Iterator[int]:
    """The other documents that a change concerns."""
    keys = change.old_keys ^ keys_of(change.documents)
    paths = change.old_paths ^ path_keys_of(index_id, change.documents)
    values = {"index": index_id, "keys": [*keys], "paths": [*paths], "limit": MAX_CONCERNED}
    if keys or paths:
        yield from fetch_column(CONCERNED, values)


def _store(
    index_id: int, documents: Sequence[int] | None, ranks: Mapping[int, float] = NO_RANKS
) -> None:
    """Store the edges of some documents, or of all, with the ranks that paths had."""
    rows = fetch_all(SOURCES, {"index": index_id, "documents": documents})
    sources = [_source(row) for row in rows]
    tree = _tree(index_id, sources, is_whole=documents is None)
    linked = ((source, tree.edges_of(source)) for source in sources)
    copy_rows("repos_graphfile", FILE_COLUMNS, _rows(index_id, linked, ranks))


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


def _rows(
    index_id: int,
    linked: Iterable[tuple[LinkingFile, FileEdges]],
    ranks: Mapping[int, float],
) -> Iterator[Row]:
    for source, edges in linked:
        rank = ranks.get(path_key(index_id, source.path), LEAST_RANK)
        yield _row(index_id, source, edges, rank)


def _row(index_id: int, source: LinkingFile, edges: FileEdges, rank: float) -> Row:
    """FILE_COLUMNS of a file."""
    strongest = edges.strongest()
    targets = [path_key(index_id, path) for path, _, _ in strongest]
    kinds = [int(kind) for _, kind, _ in strongest]
    weights = [round(weight, 3) for _, _, weight in strongest]
    key, bindings = path_key(index_id, source.path), _flat_bindings(index_id, edges)
    return source.document_id, key, 0, rank, targets, kinds, weights, bindings
