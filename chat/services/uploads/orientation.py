"""How a photo is turned: the tag Orientation of Exif data, and no other.

https://www.cipa.jp/std/documents/e/DC-X008-Translation-2019-E.pdf, 4.6.2 and 4.6.4
"""

from __future__ import annotations

HEAD = b"Exif\0\0"
ORIENTATION = 0x0112
UPRIGHT = 1
MAX_ENTRIES = 500
ENTRY = 12  # bytes


def orientation(segment: bytes) -> int:
    """1 (upright) to 8, of a JPEG's segment APP1; 1 where it does not tell. Does not raise."""
    tiff = segment[4:].removeprefix(HEAD)
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None or not segment[4:].startswith(HEAD):
        return UPRIGHT

    def number(place: int, length: int) -> int:
        return int.from_bytes(tiff[place : place + length], order)  # type: ignore[arg-type]

    first = number(4, 4)
    for place in range(first + 2, first + 2 + ENTRY * min(number(first, 2), MAX_ENTRIES), ENTRY):
        if number(place, 2) == ORIENTATION:
            turned = number(place + 8, 2)
            return turned if UPRIGHT <= turned <= 8 else UPRIGHT
    return UPRIGHT


def exif_segment(turned: int) -> bytes:
    """A segment APP1 that says it; nothing for an upright image."""
    if turned == UPRIGHT:
        return b""
    entry = (
        ORIENTATION.to_bytes(2, "big") + b"\0\x03\0\0\0\x01" + turned.to_bytes(2, "big") + b"\0\0"
    )
    body = HEAD + b"MM\0*\0\0\0\x08" + b"\0\x01" + entry + bytes(4)
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
