"""Rows of terms and postings in PostgreSQL's binary format of COPY.

As text, the arrays of an index take several times as long.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from repos.indexing.postings import MAX_SHORT, Postings, Row, TermBounds, level_rows

TERM_COLUMNS = "index_id, term, count, weight, blocks"
POSTING_COLUMNS = "index_id, place, term, base, size, weight, blocks"
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
INT4, INT2 = 23, 21  # object ids of the types
ARRAY = [("dimensions", ">i4"), ("nulls", ">i4"), ("type", ">i4"), ("size", ">i4"), ("low", ">i4")]
ARRAY_BYTES = 20
TERM = [
    ("columns", ">i2"),
    ("index_bytes", ">i4"),
    ("index", ">i8"),
    ("term_bytes", ">i4"),
    ("term", ">i4"),
    ("count_bytes", ">i4"),
    ("count", ">i4"),
    ("weight_bytes", ">i4"),
    ("weight", ">f4"),
    ("blocks_bytes", ">i4"),
]
POSTING = struct.Struct(">h iq iq ii ii ii if i")
ARRAY_HEAD = struct.Struct(">5i")
NumberedRow = tuple[int, int, Row]  # term, number, row


def copy_binary(table: str, columns: str, rows: Iterable[bytes]) -> None:
    """Insert encoded rows, each a piece of any number of them."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.write(HEADER)
        for piece in rows:
            copy.write(piece)
        copy.write(TRAILER)


def term_rows(index_id: int, postings: Postings) -> Iterator[bytes]:
    """TERM_COLUMNS of the terms of a new index, in groups of as many blocks."""
    bounds = postings.by_term()
    for size in range(1, MAX_SHORT + 1):
        group = bounds.chosen(bounds.sizes == size)
        yield _short_terms(index_id, postings, group, size)
    yield _long_terms(index_id, bounds.chosen(bounds.sizes > MAX_SHORT))


def posting_rows(index_id: int, rows: Iterable[NumberedRow]) -> Iterator[bytes]:
    """POSTING_COLUMNS of each row."""
    for term, number, row in rows:
        array = _small_array(row.offsets)
        size = len(row.offsets)
        head = (7, 8, index_id, 8, number, 4, term, 4, row.base, 4, size, 4, row.weight)
        yield POSTING.pack(*head, len(array)) + array


def long_rows(postings: Postings) -> Iterator[NumberedRow]:
    """The rows of all terms of a new index that have too many blocks for their term's row."""
    bounds = postings.by_term()
    long = bounds.chosen(bounds.sizes > MAX_SHORT)
    for term, start, size in long.places():
        end = start + size
        rows = level_rows(postings.blocks[start:end], postings.weights[start:end])
        yield from ((term, number, row) for number, row in enumerate(rows))


def _small_array(values: NDArray[np.int16]) -> bytes:
    """An int2[]."""
    items = np.empty(len(values), [("bytes", ">i4"), ("value", ">i2")])
    items["bytes"], items["value"] = 2, values
    return ARRAY_HEAD.pack(1, 0, INT2, len(values), 1) + items.tobytes()


def _short_terms(index_id: int, postings: Postings, group: TermBounds, size: int) -> bytes:
    """Terms of `size` blocks each."""
    item = np.dtype([("bytes", ">i4"), ("value", ">i4")])
    rows = _terms(index_id, group, np.dtype([*TERM, *ARRAY, ("items", item, (size,))]))
    positions = group.starts[:, None] + np.arange(size)
    rows["weight"] = postings.weights[positions].mean(axis=1)
    rows["blocks_bytes"] = ARRAY_BYTES + 8 * size
    rows["dimensions"], rows["type"], rows["size"], rows["low"] = 1, INT4, size, 1
    rows["items"]["bytes"] = 4
    rows["items"]["value"] = postings.blocks[positions]
    return rows.tobytes()


def _long_terms(index_id: int, group: TermBounds) -> bytes:
    """Terms without blocks of their own."""
    rows = _terms(index_id, group, np.dtype(TERM))
    rows["blocks_bytes"] = -1
    return rows.tobytes()


def _terms(index_id: int, group: TermBounds, dtype: np.dtype) -> np.ndarray:
    rows = np.zeros(len(group.terms), dtype)
    rows["columns"] = 5
    rows["index_bytes"] = 8
    rows["term_bytes"] = rows["count_bytes"] = rows["weight_bytes"] = 4
    rows["index"], rows["term"], rows["count"] = index_id, group.terms, group.chunks
    return rows
