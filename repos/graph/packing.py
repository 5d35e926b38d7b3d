"""Places of a name in a file as bytes: their number, then each as the step from the last.

Numbers are LEB128: seven bits a byte, the lowest first, the top bit set on all but the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from operator import sub

LAST = 0x80


def pack(places: Sequence[int]) -> bytes:
    """Ascending places, see `FileSymbols.references`, as bytes."""
    packed = bytearray()
    _append(packed, len(places))
    for step in map(sub, places, (0, *places)):
        _append(packed, step)
    return bytes(packed)


def unpack(packed: bytes) -> list[int]:
    """The places of `pack`."""
    return list(accumulate(islice(_numbers(packed), 1, None)))


def count(packed: bytes) -> int:
    """How many places there are."""
    return next(_numbers(packed), 0)


def _append(packed: bytearray, number: int) -> None:
    while number >= LAST:
        packed.append(number & 0x7F | LAST)
        number >>= 7
    packed.append(number)


def _numbers(packed: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < LAST:
            yield number
            number = shift = 0
