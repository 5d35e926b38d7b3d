"""Links between the files of an index, made of the names that they define and use.

A name is defined by the code files that have it as a symbol, by tests where no code
has. A file links to the others that define a name which it uses and does not define
itself, if there are at most MAX_FILES of them and at most MAX_USERS use it: so no file
is the target of a million links, and those left out would weigh next to nothing.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from deepwiki.foundation.sql import copy_rows, fetch_all, fetch_value
from repos.index.bulk import next_ids
from repos.indexing.identifiers import Hashes, name_hash, name_parts, squash

MAX_FILES = 3
MAX_USERS = 500
MAX_STORED = 20  # documents of one name
WEIGHT = 0.6
NAME_COLUMNS = "id, index_id, name, squashed, parts, documents, files, users"
LINK_COLUMNS = "source_id, target_id, name_id, weight"

DEFINITIONS = """
SELECT i.document_id, d.role = 'test', i.defines FROM repos_identifiers i
JOIN repos_document d ON d.id = i.document_id
WHERE i.index_id = %s AND i.defines <> '' AND NOT i.document_id = ANY(%s)
ORDER BY i.document_id
"""
USES = """
SELECT document_id, uses FROM repos_identifiers
WHERE index_id = %s AND NOT document_id = ANY(%s) ORDER BY document_id
"""
Row = tuple[object, ...]


@dataclass
class Definers:
    """The ids of the documents that define one name, in order."""

    code: list[int] = field(default_factory=list)
    tests: list[int] = field(default_factory=list)

    @property
    def targets(self) -> list[int]:
        """Those that links by the name lead to."""
        return self.code or self.tests

    @property
    def is_clear(self) -> bool:
        """Are they few enough for links?"""
        return len(self.targets) <= MAX_FILES


def store(index_id: int) -> None:
    """Insert the names and links of a whole index, unless they are there already."""
    if fetch_value("SELECT EXISTS (SELECT 1 FROM repos_name WHERE index_id = %s)", [index_id]):
        return
    insert_names(index_id, definers_of(index_id), [])


def definers_of(
    index_id: int, left_out: Sequence[int] = (), only: Collection[str] | None = None
) -> dict[str, Definers]:
    """Who defines each name, those of `only` if given. Documents in `left_out` do not count."""
    found: dict[str, Definers] = {}
    for document, is_test, defines in fetch_all(DEFINITIONS, [index_id, list(left_out)]):
        for name in defines.split(" "):
            if only is None or name in only:
                definers = found.setdefault(name, Definers())
                (definers.tests if is_test else definers.code).append(document)
    return found


def insert_names(index_id: int, names: Mapping[str, Definers], left_out: Sequence[int]) -> None:
    """Insert names, with links from all documents of the index but those in `left_out`."""
    if not names:
        return
    users = _users(index_id, names, left_out)
    ids = next_ids("repos_name", len(names))
    rows = [
        _name_row(index_id, row_id, name, definers, len(users.get(name, ())))
        for row_id, (name, definers) in zip(ids, names.items(), strict=True)
    ]
    copy_rows("repos_name", NAME_COLUMNS, rows)
    copy_rows("repos_link", LINK_COLUMNS, _link_rows(ids, names, users))


def link_weight(files: int, users: int) -> float:
    """The weight of a link by a name that `files` define and `users` use."""
    return WEIGHT / files / math.log2(2 + users)


def positions(ordered: Hashes, uses: bytes) -> Iterator[int]:
    """Where the hashes in `uses` stand among sorted ones, each of equal ones."""
    wanted = np.frombuffer(uses, dtype="<u4")
    first = np.searchsorted(ordered, wanted, side="left")
    last = np.searchsorted(ordered, wanted, side="right")
    is_found = first < last
    for start, end in zip(first[is_found].tolist(), last[is_found].tolist(), strict=True):
        yield from range(start, end)


def sorted_by_hash(names: Collection[str]) -> tuple[Hashes, list[str]]:
    """The hashes of names in ascending order, and the names in the same order."""
    ordered = sorted((name_hash(name), name) for name in names)
    return np.array([value for value, _ in ordered], np.uint32), [name for _, name in ordered]


def _users(
    index_id: int, names: Mapping[str, Definers], left_out: Sequence[int]
) -> dict[str, list[int]]:
    """The documents that use each clear name without defining it, in order of their ids."""
    clear = [name for name, definers in names.items() if definers.is_clear]
    hashes, ordered = sorted_by_hash(clear)
    owners = {name: {*names[name].code, *names[name].tests} for name in clear}
    users: dict[str, list[int]] = {}
    for document, uses in fetch_all(USES, [index_id, list(left_out)]):
        for position in positions(hashes, uses):
            name = ordered[position]
            if document not in owners[name]:
                users.setdefault(name, []).append(document)
    return users


def _name_row(index_id: int, row_id: int, name: str, definers: Definers, users: int) -> Row:
    """NAME_COLUMNS of one name."""
    targets = definers.targets
    parts = [(index_id << 32) | part for part in name_parts(name)]
    stored = targets[:MAX_STORED]
    return row_id, index_id, name, squash(name), parts, stored, len(targets), users


def _link_rows(
    ids: Sequence[int], names: Mapping[str, Definers], users: Mapping[str, list[int]]
) -> Iterator[tuple[Any, ...]]:
    """LINK_COLUMNS of each link by these names."""
    for row_id, (name, definers) in zip(ids, names.items(), strict=True):
        sources = users.get(name, ())
        if len(sources) > MAX_USERS:
            continue
        weight = link_weight(len(definers.targets), len(sources))
        for source in sources:
            for target in definers.targets:
                yield source, target, row_id, weight
