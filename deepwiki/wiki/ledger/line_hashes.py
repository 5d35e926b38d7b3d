"""Hashes of lines of a file, and where lines of a hash stand in another file. Pure.

Whitespace at the ends of lines does not count. A hash has two parts: a polynomial over the
digests of its lines, modulo 2**64, by which numpy finds all places in linear time, and a
cryptographic one, which decides. Both ends of a file are padded, so that the context of the
first and the last lines is hashed like any other.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

CONTEXT_LINES = 3
READ_LINES, READ_CHARS = 50, 2_000  # of lines whose letters are counted
DIGEST_BYTES = 16  # of a line
HASH_BYTES = 12
WEIGHT_CHARS = 16
HASH_CHARS = WEIGHT_CHARS + 2 * HASH_BYTES
BASE = 0x9E3779B97F4A7C15  # odd: its powers are invertible modulo 2**64
BLANK = hashlib.blake2b(b"", digest_size=DIGEST_BYTES).digest()
PADDING = b"\0" * DIGEST_BYTES * CONTEXT_LINES

Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]


class LineHashes:
    """The lines of a text; the empty one behind a last line break is none."""

    def __init__(self, text: str) -> None:
        lines = text.split("\n")
        if lines[-1] == "":
            lines.pop()
        self.count = len(lines)
        self._lines = lines
        digests = PADDING + b"".join(map(_digest, lines)) + PADDING
        self._digests = _digests(digests)
        self._powers = _powers(len(self._digests))
        terms = self._digests[:, 0] * self._powers
        self._sums: Words = np.concatenate([np.zeros(1, np.uint64), np.cumsum(terms)])

    def has(self, start: int, end: int) -> bool:
        """Whether these lines, from 1, exist and are not all blank."""
        return 1 <= start <= end <= self.count and not self._is_blank(start, end)

    def has_letters(self, start: int, end: int, count: int) -> bool:
        """Whether existing lines hold at least so many letters and digits."""
        text = "".join(self._lines[start - 1 : min(end, start + READ_LINES)])
        return sum(map(str.isalnum, text[:READ_CHARS])) >= count

    def hash_of(self, start: int, end: int) -> str:
        """The hash of existing lines, or of the context around them."""
        first, behind = self._rows(start, end)
        weight = int(np.sum(self._digests[first:behind, 0] * self._powers[: behind - first]))
        digest = hashlib.blake2b(self._digests[first:behind].tobytes(), digest_size=HASH_BYTES)
        return f"{weight:0{WEIGHT_CHARS}x}{digest.hexdigest()}"

    def before(self, start: int) -> str:
        """The hash of the context before a line."""
        return self.hash_of(start - CONTEXT_LINES, start - 1)

    def after(self, end: int) -> str:
        """The hash of the context after a line."""
        return self.hash_of(end + 1, end + CONTEXT_LINES)

    def starts(self, lines_hash: str, length: int) -> list[int]:
        """Where `length` lines of this hash begin, in order, as far as the polynomial tells."""
        if not 1 <= length <= self.count:
            return []
        rows = np.flatnonzero(self._matches(lines_hash, length))
        lines = rows - CONTEXT_LINES + 1
        return [int(line) for line in lines if 1 <= line <= self.count - length + 1]

    def _matches(self, lines_hash: str, length: int) -> Flags:
        """By row of the padded file, whether the window that begins there has the hash."""
        windows = self._windows(length)
        matches: Flags = windows == _weight_of(lines_hash) * self._powers[: len(windows)]
        return matches

    def _windows(self, length: int) -> Words:
        return self._sums[length:] - self._sums[:-length]

    def _rows(self, start: int, end: int) -> tuple[int, int]:
        return start - 1 + CONTEXT_LINES, end + CONTEXT_LINES

    def _is_blank(self, start: int, end: int) -> bool:
        first, behind = self._rows(start, end)
        return bool(np.all(self._digests[first:behind] == _digests(BLANK)))


def _digests(data: bytes) -> Words:
    return np.frombuffer(data, dtype="<u8").reshape(-1, 2)


def _weight_of(lines_hash: str) -> np.uint64:
    return np.uint64(int(lines_hash[:WEIGHT_CHARS], 16))


def _digest(line: str) -> bytes:
    data = line.rstrip().encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()


def _powers(count: int) -> Words:
    factors = np.full(count, BASE, dtype=np.uint64)
    factors[0] = 1
    powers: Words = np.cumprod(factors)
    return powers
