"""Terms of an index: in how many chunks each stands, and in which blocks of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import Error

from deepwiki.foundation.sql import copy_rows, execute, fetch_all, fetch_value
from repos.index.binary_rows import (
    POSTING_COLUMNS,
    TERM_COLUMNS,
    NumberedRow,
    copy_binary,
    long_rows,
    posting_rows,
    term_rows,
)
from repos.index.bulk import bulk_transaction
from repos.index.chunk_words import read_postings
from repos.indexing.postings import MAX_SHORT, Postings, level_rows
from repos.models import Posting

CHUNKS_PER_PART = 100_000  # whose postings are held at once
MAX_ADDED_SHARE = 0.2  # of the rows of postings, before they are made anew
MIN_ADDED = 2_000  # rows
DELETE_TERMS = """
DELETE FROM repos_term WHERE index_id = %s AND term = ANY(%s)
RETURNING term, count, weight, blocks
"""
IS_WORN = """
SELECT count(*) FILTER (WHERE place >= %s) > greatest(%s, %s * count(*))
FROM repos_posting WHERE index_id = %s
"""
COUNT_CHUNKS = "SELECT count(*) FROM repos_chunk WHERE index_id = %s AND is_live"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Term:
    """A row of a term as it was, without blocks where they stand beside."""

    count: int = 0
    weight: float = 0.0
    blocks: list[int] | None = field(default_factory=list)

    def has_room(self, blocks: int) -> bool:
        return self.blocks is not None and len(self.blocks) + blocks <= MAX_SHORT

    def with_blocks(self, found: Postings) -> tuple[float, list[int]]:
        """The weight and the blocks, with those found."""
        old = self.blocks or []
        weights = [*[self.weight] * len(old), *found.weights.tolist()]
        return sum(weights) / len(weights), [*old, *found.blocks.tolist()]


@dataclass
class _Changes:
    """Rows that an update inserts; `removed` counts the chunks that lose each term."""

    old: Mapping[int, _Term]
    removed: dict[int, int]
    number: int  # of the first row of postings
    terms: list[tuple[Any, ...]] = field(default_factory=list)
    postings: list[NumberedRow] = field(default_factory=list)

    def add(self, term: int, found: Postings) -> None:
        """A term of new chunks: in its own row while there is room, else beside."""
        old = self.old.get(term, _Term())
        count = old.count + found.total - self.removed.pop(term, 0)
        weight, blocks = old.weight, old.blocks
        if old.has_room(len(found.keys)):
            weight, blocks = old.with_blocks(found)
        else:
            rows = enumerate(level_rows(found.blocks, found.weights), self.number)
            self.postings += [(term, number, row) for number, row in rows]
        self.terms.append((term, count, weight, blocks))

    def keep_others(self) -> None:
        """The terms that stand in removed chunks only."""
        for term, gone in self.removed.items():
            old = self.old.get(term, _Term())
            if old.count > gone:
                self.terms.append((term, old.count - gone, old.weight, old.blocks))

    def insert(self, index_id: int) -> None:
        copy_rows("repos_term", TERM_COLUMNS, ((index_id, *row) for row in self.terms))
        copy_binary("repos_posting", POSTING_COLUMNS, posting_rows(index_id, self.postings))


def read_all(index_id: int) -> Iterator[Postings]:
    """The postings of an index from its live chunks, in parts of its terms."""
    parts = _parts(index_id)
    for part in range(parts):
        yield read_postings("index_id = %s AND is_live", [index_id], part, parts)


def insert(index_id: int, postings: Postings) -> None:
    """Insert terms with their postings; the index must hold no row for these terms."""
    copy_binary("repos_term", TERM_COLUMNS, term_rows(index_id, postings))
    rows = posting_rows(index_id, long_rows(postings))
    copy_binary("repos_posting", POSTING_COLUMNS, rows)


def update(index_id: int, replaced: list[int]) -> None:
    """Bring the terms to what they are after a switch to the staged chunks.

    `replaced` are the documents whose chunks are to be deleted, and are not yet. What
    postings say of these chunks stays, and finds nothing.
    """
    added = read_postings("index_id = %s AND NOT is_live", [index_id])
    removed = read_postings("document_id = ANY(%s)", [replaced]).by_term().counts()
    changed = sorted({*added.by_term().terms.tolist(), *removed})
    old = {term: _Term(*row) for term, *row in fetch_all(DELETE_TERMS, [index_id, changed])}
    changes = _Changes(old, removed, _first_number(index_id))
    for term, found in added.pieces():
        changes.add(term, found)
    changes.keep_others()
    changes.insert(index_id)


def renew_if_worn(index_id: int) -> None:
    """Make the terms anew from the live chunks, once updates have added many rows.

    A failure is logged: searches go on with what is there.
    """
    if not _is_worn(index_id):
        return
    try:
        renew(index_id)
    except Error:
        logger.warning("postings could not be made anew", exc_info=True)


def _is_worn(index_id: int) -> bool:
    values = [Posting.FIRST_ADDED, MIN_ADDED, MAX_ADDED_SHARE, index_id]
    return bool(fetch_value(IS_WORN, values))


def renew(index_id: int) -> None:
    """Make the terms and postings of an index anew from its live chunks."""
    with bulk_transaction():
        execute("DELETE FROM repos_posting WHERE index_id = %s", [index_id])
        execute("DELETE FROM repos_term WHERE index_id = %s", [index_id])
        for postings in read_all(index_id):
            insert(index_id, postings)


def _parts(index_id: int) -> int:
    return 1 + int(fetch_value(COUNT_CHUNKS, [index_id])) // CHUNKS_PER_PART


def _first_number(index_id: int) -> int:
    """The number of the first row that an update adds to a term.

    Made of the id of its first chunk, so that no other update has it.
    """
    first = "SELECT min(id) FROM repos_chunk WHERE index_id = %s AND NOT is_live"
    return Posting.FIRST_ADDED + int(fetch_value(first, [index_id]) or 0)
