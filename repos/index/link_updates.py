"""Links after a partial build: made again where a change made a name ambiguous or clear.

Runs before the replaced documents are deleted. A changed file is a new document: links
to it are led over; those that start from it are made of its own identifiers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from deepwiki.foundation.sql import copy_rows, execute, fetch_all
from repos.index.links import (
    LINK_COLUMNS,
    MAX_FILES,
    MAX_USERS,
    definers_of,
    insert_names,
    link_weight,
)
from repos.indexing.identifiers import identifiers_in

DOCUMENTS = """
SELECT d.id, d.path, d.role, coalesce(i.defines, '')
FROM repos_document d LEFT JOIN repos_identifiers i ON i.document_id = d.id
WHERE d.index_id = %s AND (NOT d.is_live OR d.id = ANY(%s))
"""
NAMES = "SELECT id, name, documents FROM repos_name WHERE index_id = %s AND name = ANY(%s)"
TEXTS = "SELECT id, text FROM repos_document WHERE id = ANY(%s)"
CLEAR_NAMES = """
SELECT id, name, documents, users FROM repos_name
WHERE index_id = %s AND name = ANY(%s) AND files <= %s AND users <= %s
"""
LEAD_LINKS_OVER = """
UPDATE repos_link l SET target_id = m.new
FROM unnest(%s::bigint[], %s::bigint[]) AS m(old, new) WHERE l.target_id = m.old
"""
SET_DOCUMENTS = """
UPDATE repos_name n SET documents = m.documents::bigint[]
FROM unnest(%s::bigint[], %s::text[]) AS m(id, documents) WHERE n.id = m.id
"""
DELETE_LINKS = "DELETE FROM repos_link WHERE target_id = ANY(%s) AND name_id = ANY(%s)"
DELETE_NAMES = "DELETE FROM repos_name WHERE id = ANY(%s)"
TEXTS_AT_ONCE = 100


@dataclass(frozen=True)
class _Document:
    id: int
    path: str
    role: str
    names: frozenset[str]

    @property
    def definitions(self) -> set[tuple[str, str, str]]:
        return {(name, self.path, self.role) for name in self.names}


def update(index_id: int, replaced: Sequence[int]) -> None:
    """Bring names and links to the state after the switch of the staged documents."""
    old, new = _documents(index_id, replaced)
    if not old and not new:
        return
    successors = _successors(old, new)
    affected = _affected_names(old, new)
    _lead_over(index_id, old, successors)
    _delete_names(index_id, affected)
    definers = definers_of(index_id, replaced, affected) if affected else {}
    insert_names(index_id, definers, replaced)
    copy_rows("repos_link", LINK_COLUMNS, list(_links_from(index_id, new, affected)))


def _documents(index_id: int, replaced: Sequence[int]) -> tuple[list[_Document], list[_Document]]:
    """The replaced documents and the staged ones."""
    old: list[_Document] = []
    new: list[_Document] = []
    for pk, path, role, defines in fetch_all(DOCUMENTS, [index_id, list(replaced)]):
        document = _Document(pk, path, role, frozenset(defines.split()))
        (old if pk in replaced else new).append(document)
    return old, new


def _successors(old: Sequence[_Document], new: Sequence[_Document]) -> dict[int, int]:
    """The staged document of the same path, by the id of the replaced one."""
    by_path = {document.path: document.id for document in new}
    return {d.id: by_path[d.path] for d in old if d.path in by_path}


def _affected_names(old: Sequence[_Document], new: Sequence[_Document]) -> set[str]:
    """Names that other files define than before."""
    before = set().union(*(document.definitions for document in old))
    after = set().union(*(document.definitions for document in new))
    return {name for name, _, _ in before ^ after}


def _lead_over(index_id: int, old: Sequence[_Document], successors: Mapping[int, int]) -> None:
    """Put the staged documents in the place of those that they replace."""
    if not successors:
        return
    execute(LEAD_LINKS_OVER, [list(successors), list(successors.values())])
    names = set().union(*(document.names for document in old))
    changed = [
        (pk, [successors.get(document, document) for document in documents])
        for pk, _, documents in fetch_all(NAMES, [index_id, list(names)])
    ]
    texts = ["{" + ",".join(map(str, documents)) + "}" for _, documents in changed]
    execute(SET_DOCUMENTS, [[pk for pk, _ in changed], texts])


def _delete_names(index_id: int, affected: set[str]) -> None:
    """Delete the rows of names with all links by them."""
    rows = fetch_all(NAMES, [index_id, list(affected)])
    ids = [pk for pk, _, _ in rows]
    targets = {document for _, _, documents in rows for document in documents}
    execute(DELETE_LINKS, [list(targets), ids])
    execute(DELETE_NAMES, [ids])


def _links_from(
    index_id: int, new: Sequence[_Document], affected: set[str]
) -> Iterator[tuple[object, ...]]:
    """LINK_COLUMNS of the links from staged documents by the names that are not affected."""
    for start in range(0, len(new), TEXTS_AT_ONCE):
        documents = {document.id: document for document in new[start : start + TEXTS_AT_ONCE]}
        for pk, text in fetch_all(TEXTS, [list(documents)]):
            used = identifiers_in(text) - documents[pk].names - affected
            values = [index_id, list(used), MAX_FILES, MAX_USERS]
            for name_id, _, targets, users in fetch_all(CLEAR_NAMES, values):
                weight = link_weight(len(targets), max(users, 1))
                for target in targets:
                    yield pk, target, name_id, weight
