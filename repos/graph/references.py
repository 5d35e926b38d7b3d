"""Reads references. Who calls these functions has checked that the index may be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import starmap

from deepwiki.foundation.sql import Row, fetch_all, read_sql
from repos.graph import packing
from repos.graph.confidence import Candidates, confidence, with_links
from repos.graph.definitions import Definition, candidates_of
from repos.graph.name_keys import name_key
from repos.indexing.symbols import ReferenceKind, line_and_kind
from repos.models import LATEST_GENERATION

TO_NAME = read_sql(__file__, "references_to_name.sql")
MAX_FILES = 20_000  # that use one name and are counted
MAX_PLACES = 1_000  # of one file


@dataclass(frozen=True)
class ReferenceLine:
    """A line (1-based) on which a name is used, and how."""

    line: int
    kind: ReferenceKind


@dataclass(frozen=True)
class FileReferences:
    """The uses of a name in one file, by line, up to MAX_PLACES.

    `confidence` is how sure it is that they mean the definition asked about, 1 without.
    """

    path: str
    language: str
    role: str
    places: tuple[ReferenceLine, ...]
    total: int
    confidence: float = 1.0


@dataclass(frozen=True)
class References:
    """The uses of a name: `total` in `file_count` files, of which `files` are a page.

    `is_cut`: more than MAX_FILES use it, of which the others are not counted.
    """

    name: str
    total: int
    file_count: int
    files: tuple[FileReferences, ...]
    is_cut: bool = False


def references(
    index_id: int,
    name: str,
    *,
    definition: Definition | None = None,
    limit: int = 100,
    offset: int = 0,
    at: int = LATEST_GENERATION,
) -> References:
    """The uses of a name by file: the surest first, then code before tests and documents.

    `limit` and `offset` count files.
    """
    rows = _sorted_rows(index_id, name, definition, at)
    files = tuple(_file(row, sure) for row, sure in rows[offset : offset + limit])
    return References(name, _total(rows), len(rows), files, is_cut=len(rows) == MAX_FILES)


def references_within(
    index_id: int,
    name: str,
    holds: Callable[[str], bool],
    *,
    definition: Definition | None = None,
    limit: int = 100,
    at: int = LATEST_GENERATION,
) -> References:
    """As `references`, of the files whose path `holds` says are to be read."""
    found = _sorted_rows(index_id, name, definition, at)
    rows = [row for row in found if holds(row[0][0])]
    files = tuple(_file(row, sure) for row, sure in rows[:limit])
    return References(name, _total(rows), len(rows), files, is_cut=len(found) == MAX_FILES)


def _sorted_rows(
    index_id: int, name: str, definition: Definition | None, at: int
) -> list[tuple[Row, float]]:
    """The row of each file that uses the name, and how sure it is that it means the definition."""
    rows = _rows(index_id, name, at, with_links=definition is not None)
    sure = _confidences(index_id, definition, rows, at)
    with_confidence = [(row, sure.get(row[0], 1.0)) for row in rows]
    return sorted(with_confidence, key=_order)


def _order(row: tuple[Row, float]) -> tuple[float, bool, str]:
    (path, _language, role, *_rest), sure = row
    return -sure, role != "code", path


def _rows(index_id: int, name: str, at: int, *, with_links: bool) -> list[Row]:
    values = {
        "index": index_id,
        "key": name_key(index_id, name),
        "at": at,
        "limit": MAX_FILES,
        "with_links": with_links,
    }
    return fetch_all(TO_NAME, values)


def _total(rows: Iterable[tuple[Row, float]]) -> int:
    return sum(packing.count(row[3]) for row, _sure in rows)


def _file(row: Row, sure: float) -> FileReferences:
    path, language, role, packed, *_ = row
    return FileReferences(path, language, role, unpacked(packed), packing.count(packed), sure)


def unpacked(packed: bytes) -> tuple[ReferenceLine, ...]:
    """The first MAX_PLACES places of a name in a file."""
    places = packing.unpack(packed)[:MAX_PLACES]
    return tuple(starmap(ReferenceLine, map(line_and_kind, places)))


def _confidences(
    index_id: int, definition: Definition | None, rows: list[Row], at: int
) -> dict[str, float]:
    """By path, how sure it is that the name there means the definition."""
    if definition is None:
        return {}
    found = candidates_of(index_id, [definition.name], at)
    candidates = Candidates.of(one for one in found if one.name == definition.name)
    sources = [with_links(index_id, row[0], row[4:7]) for row in rows]
    return {source.path: confidence(definition, candidates, source, None) for source in sources}
