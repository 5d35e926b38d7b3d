"""Trigrams of a text: three bytes of its UTF-8, as a number of 24 bits.

ASCII letters are folded to lower case, so that one set serves searches with and without
case. A pattern of RE2 that ignores case also takes U+017F for `s` and U+212A for `k`:
these are folded, too. Line breaks part trigrams, as no match goes over one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MAX_TRIGRAMS = 30_000  # of a text; one with more is a candidate of every search
# In place of the trigrams of such a text. No trigram: texts hold no NUL.
UNBOUNDED = 0
MAX_INDEX_NUMBER = 2**31 - 1
SPECIAL_FOLDS = str.maketrans({"\u017f": "s", "\u212a": "k"})
LINE_BREAK = ord("\n")


def folded(text: str) -> bytes:
    """`text` as UTF-8 bytes, with its case folded."""
    if not text.isascii():
        text = text.translate(SPECIAL_FOLDS)
    return text.encode("utf-8", "replace").lower()


def trigrams_of_text(text: str) -> list[int]:
    """The distinct trigrams of a text in ascending order, or UNBOUNDED alone."""
    distinct = np.unique(_trigrams(folded(text)))
    if distinct.size > MAX_TRIGRAMS:
        return [UNBOUNDED]
    numbers: list[int] = distinct.tolist()
    return numbers


def index_number(index_id: int) -> int:
    """The negative number that stands for an index beside the trigrams of its documents."""
    return -1 - index_id % MAX_INDEX_NUMBER


def trigrams_of_literal(literal: str) -> Sequence[int]:
    """The trigrams of a piece of a pattern, in their order."""
    return list(dict.fromkeys(_trigrams(folded(literal)).tolist()))


def _trigrams(data: bytes) -> NDArray[np.int32]:
    codes = np.frombuffer(data, np.uint8).astype(np.int32)
    if codes.size < 3:
        return codes[:0]
    in_line = codes != LINE_BREAK
    whole = in_line[:-2] & in_line[1:-1] & in_line[2:]
    numbers: NDArray[np.int32] = (codes[:-2] << 16 | codes[1:-1] << 8 | codes[2:])[whole]
    return numbers
