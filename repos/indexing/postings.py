"""Postings: in which blocks of chunks a term stands, by levels of its weight there.

A block is BLOCK chunks with adjoining ids. A search reads the rows of the highest weight
first, so a row says one weight for all of its blocks.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

BLOCK = 4  # chunks
MAX_SHORT = 32  # blocks of a term that are kept in one row
HALF_WINDOW = 1 << 15  # of the blocks that a row can tell apart
MAX_LEVELS, MAX_LEVELS_OF_LONG = 10, 30
BLOCKS_PER_LEVEL, LONG = 128, 5_000

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Postings:
    """Each (term, block) once, ordered: its best weight, and how many chunks hold it.

    `keys` are term << 32 | block, `weights` and `chunks` stand beside them.
    """

    keys: Ints
    weights: Floats
    chunks: Ints

    @classmethod
    def of_chunks(cls, ids: Ints, terms: Ints, weights: Floats) -> Self:
        """Of the words of chunks: chunk id, term and weight of each, in any order."""
        keys = (terms << 32) | (ids // BLOCK)
        return cls._merged(keys, weights, np.ones(len(keys), np.int64))

    @classmethod
    def merged(cls, parts: Iterable[Postings]) -> Self:
        """Of parts that may share blocks."""
        found = [NONE, *parts]
        return cls._merged(
            np.concatenate([part.keys for part in found]),
            np.concatenate([part.weights for part in found]),
            np.concatenate([part.chunks for part in found]),
        )

    @classmethod
    def _merged(cls, keys: Ints, weights: Floats, chunks: Ints) -> Self:
        order = np.argsort(keys, kind="stable")
        first = _first_of_equal(keys[order])
        if not len(first):
            return cls(keys, weights, chunks)
        best = np.maximum.reduceat(weights[order], first)
        return cls(keys[order][first], best, np.add.reduceat(chunks[order], first))

    @property
    def terms(self) -> Ints:
        return self.keys >> 32

    @property
    def blocks(self) -> Ints:
        return self.keys & 0xFFFFFFFF

    @property
    def total(self) -> int:
        """In how many chunks the terms stand, together."""
        return int(self.chunks.sum())

    def by_term(self) -> TermBounds:
        """Where each term's postings begin, and their number."""
        terms = self.terms
        starts = _first_of_equal(terms)
        sizes = np.diff(np.append(starts, len(terms)))
        totals = np.cumsum(np.append(0, self.chunks))
        return TermBounds(terms[starts], starts, sizes, totals[starts + sizes] - totals[starts])

    def pieces(self) -> Iterator[tuple[int, Postings]]:
        """Each term with its postings."""
        for term, start, size in self.by_term().places():
            yield term, self._piece(slice(start, start + size))

    def _piece(self, piece: slice) -> Postings:
        return Postings(self.keys[piece], self.weights[piece], self.chunks[piece])


NONE = Postings(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.int64))


@dataclass(frozen=True)
class TermBounds:
    """Distinct terms in order: begin and number of their postings, and of their chunks."""

    terms: Ints
    starts: Ints
    sizes: Ints
    chunks: Ints

    def counts(self) -> dict[int, int]:
        """The number of chunks of each term."""
        return dict(zip(self.terms.tolist(), self.chunks.tolist(), strict=True))

    def places(self) -> Iterator[tuple[int, int, int]]:
        """Term, begin and number of its postings."""
        columns = (self.terms.tolist(), self.starts.tolist(), self.sizes.tolist())
        yield from zip(*columns, strict=True)

    def chosen(self, is_chosen: NDArray[np.bool_]) -> TermBounds:
        """Some of the terms."""
        columns = (self.terms, self.starts, self.sizes, self.chunks)
        return TermBounds(*(column[is_chosen] for column in columns))


@dataclass(frozen=True)
class Row:
    """Blocks of a term with one weight, as int16 from `base`."""

    base: int
    weight: float
    offsets: NDArray[np.int16]


def level_rows(blocks: Ints, weights: Floats) -> Iterator[Row]:
    """The rows of one term, of the highest weight first.

    The levels are cut where the size grows by the power of 1.5, so that the first ones,
    which a search reads before others, are short.
    """
    order = np.argsort(-weights, kind="stable")
    for start, end in itertools.pairwise(_cuts(len(blocks), _levels(len(blocks)))):
        level = order[start:end]
        if len(level):
            yield from window_rows(blocks[level], float(weights[level].mean()))


def window_rows(blocks: Ints, weight: float) -> Iterator[Row]:
    """Blocks of one weight as rows: one, where the blocks are not very far apart."""
    ordered = np.sort(blocks)
    while len(ordered):
        window = ordered[ordered < ordered[0] + 2 * HALF_WINDOW]
        yield _row(window, weight)
        ordered = ordered[len(window) :]


def _row(window: Ints, weight: float) -> Row:
    base = int(window[0]) + HALF_WINDOW
    return Row(base, weight, (window - base).astype(np.int16))


def _cuts(blocks: int, levels: int) -> list[int]:
    """Where the levels of a term begin and end."""
    return [int(blocks * (place / levels) ** 1.5) for place in range(levels + 1)]


def _levels(blocks: int) -> int:
    """In how many levels the postings of a term are cut."""
    if blocks <= MAX_SHORT:
        return 1
    if blocks <= LONG:
        return min(MAX_LEVELS, 2 + blocks // BLOCKS_PER_LEVEL)
    return min(MAX_LEVELS_OF_LONG, _levels_of_long(blocks))


def _levels_of_long(blocks: int) -> int:
    return MAX_LEVELS + int(5 * np.log2(blocks / (LONG / 2)))


def _first_of_equal(ordered: Ints) -> Ints:
    """Where each of the distinct values begins."""
    changes = np.diff(ordered, prepend=-1)  # the values are not negative
    return np.flatnonzero(changes)
