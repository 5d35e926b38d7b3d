"""PNG: https://www.w3.org/TR/png-3/#5DataRep"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from chat.services.uploads.image import MAX_PARTS, CheckedImage, broken, checked

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEAD, TAIL = 8, 4  # length and kind before a chunk's data, its checksum behind
MIN_HEADER = 13  # of IHDR
# The picture, its transparency, its colours and its pixels' shape. Animations show their first frame.
KEPT = {
    b"IHDR",
    b"PLTE",
    b"IDAT",
    b"IEND",
    b"tRNS",
    b"gAMA",
    b"cHRM",
    b"sRGB",
    b"iCCP",
    b"sBIT",
    b"pHYs",
    b"cICP",
}


def check_png(data: bytes) -> CheckedImage:
    """A PNG by its chunks, each with its checksum. Raises BadRequest."""
    chunks = list(_chunks(data))
    kinds = [kind for kind, _ in chunks]
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or b"IDAT" not in kinds:
        raise broken()
    header = chunks[0][1]
    if len(header) != HEAD + MIN_HEADER + TAIL:
        raise broken()
    width, height = (int.from_bytes(header[at : at + 4], "big") for at in (HEAD, HEAD + 4))
    kept = (chunk for kind, chunk in chunks if kind in KEPT)
    return checked([SIGNATURE, *kept], width, height)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and bytes of each chunk up to the last one. Raises BadRequest."""
    place = len(SIGNATURE)
    for _ in range(MAX_PARTS):
        length = int.from_bytes(data[place : place + 4], "big")
        chunk = data[place : place + HEAD + length + TAIL]
        kind = chunk[4:HEAD]
        if len(chunk) < HEAD + length + TAIL or not _is_whole(chunk):
            raise broken()
        yield kind, chunk
        if kind == b"IEND":
            return
        place += len(chunk)
    raise broken()


def _is_whole(chunk: bytes) -> bool:
    return zlib.crc32(chunk[4:-TAIL]) == int.from_bytes(chunk[-TAIL:], "big")
