"""The stored words of chunks, read back as arrays."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from django.db import connection

from repos.indexing.postings import Ints, Postings

CHUNKS_AT_ONCE = 4_000
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
# Of a row: number of columns, size and value of the id, size of the words.
ROW = struct.Struct(">hiqi")
BEGIN = ROW.size + 12  # after a sparsevec's dimension, number of elements and unused field


def read_postings(condition: str, values: Sequence[Any], part: int = 0, parts: int = 1) -> Postings:
    """Postings of the chunks that fulfil an SQL condition.

    Of the terms whose remainder by `parts` is `part`, so that those of a very large index
    need not be held all at once.
    """
    rows = _rows(condition, values)
    return Postings.merged(_postings(batch, part, parts) for batch in _batches(rows))


def _rows(condition: str, values: Sequence[Any]) -> Iterator[bytes]:
    """Rows in PostgreSQL's binary format of COPY, without its header and trailer."""
    statement = (
        f"COPY (SELECT id, words FROM repos_chunk WHERE {condition}) TO STDOUT (FORMAT binary)"  # noqa: S608 - conditions of our own, values apart
    )
    # psycopg's own cursor: the one that Django hands out under DEBUG takes no values for COPY.
    with connection.cursor() as cursor, cursor.cursor.copy(statement, values) as copy:
        for data in copy:
            row = bytes(data).removeprefix(HEADER)
            if len(row) > ROW.size:
                yield row


def _batches(rows: Iterator[bytes]) -> Iterator[list[bytes]]:
    while batch := list(itertools.islice(rows, CHUNKS_AT_ONCE)):
        yield batch


def _postings(rows: Sequence[bytes], part: int, parts: int) -> Postings:
    sizes = [(len(row) - BEGIN) // 8 for row in rows]
    chunks = np.repeat(_ids(rows), sizes)
    terms = _elements(rows, sizes, ">i4", 0).astype(np.int64) + 1
    weights = _elements(rows, sizes, ">f4", 1).astype(np.float32)
    is_wanted = terms % parts == part
    return Postings.of_chunks(chunks[is_wanted], terms[is_wanted], weights[is_wanted])


def _ids(rows: Sequence[bytes]) -> Ints:
    return np.array([ROW.unpack_from(row)[2] for row in rows], np.int64)


def _elements(
    rows: Sequence[bytes], sizes: Sequence[int], dtype: str, half: int
) -> np.ndarray[Any, Any]:
    """All dimensions of each sparsevec, counted from 0, or in the second half its values."""
    places = [(BEGIN + 4 * size * half, 4 * size) for size in sizes]
    pieces = zip(rows, places, strict=True)
    data = b"".join([row[start : start + length] for row, (start, length) in pieces])
    return np.frombuffer(data, dtype)
