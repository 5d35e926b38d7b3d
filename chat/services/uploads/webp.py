"""WebP: https://www.rfc-editor.org/rfc/rfc9649"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chat.services.uploads.image import MAX_PARTS, CheckedImage, broken, checked

HEAD = 8  # kind and length before a chunk's data
LOSSY, LOSSLESS, EXTENDED = b"VP8 ", b"VP8L", b"VP8X"
KEPT = (EXTENDED, b"ICCP", b"ALPH", LOSSY, LOSSLESS)
HAS_PROFILE, HAS_ALPHA = 0x20, 0x10  # of the flags; the others tell of what is left out
START_CODE = b"\x9d\x01\x2a"
LOSSLESS_SIGNATURE = 0x2F


def is_webp(data: bytes) -> bool:
    """Whether a file says that it is one."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def check_webp(data: bytes) -> CheckedImage:
    """A WebP of one frame by its chunks. Raises BadRequest."""
    chunks = dict(_chunks(data))
    width, height = _size(chunks)
    if EXTENDED in chunks:
        extended = chunks[EXTENDED]
        flags = extended[0] & (HAS_PROFILE | HAS_ALPHA)
        chunks[EXTENDED] = bytes([flags]) + extended[1:]
        canvas = (int.from_bytes(extended[at : at + 3], "little") + 1 for at in (4, 7))
        if len(extended) != 10 or (width, height) != tuple(canvas):
            raise broken()
    body = b"".join(_chunk(kind, chunks[kind]) for kind in KEPT if kind in chunks)
    head = b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP"
    return checked([head, body], width, height)


def _size(chunks: Mapping[bytes, bytes]) -> tuple[int, int]:
    """Width and height of the one frame. Raises BadRequest without a frame, or with two."""
    if (LOSSY in chunks) == (LOSSLESS in chunks):
        raise broken()
    if LOSSY in chunks:
        frame = chunks[LOSSY]
        if frame[3:6] != START_CODE or len(frame) < 10:
            raise broken()
        width, height = (int.from_bytes(frame[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return width, height
    frame = chunks[LOSSLESS]
    if len(frame) < 5 or frame[0] != LOSSLESS_SIGNATURE:
        raise broken()
    bits = int.from_bytes(frame[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each chunk, the first of each kind. Raises BadRequest."""
    place, end = 12, min(len(data), int.from_bytes(data[4:8], "little") + HEAD)
    seen = set()
    for _ in range(MAX_PARTS):
        if place + HEAD > end:
            return
        kind, length = (
            data[place : place + 4],
            int.from_bytes(data[place + 4 : place + 8], "little"),
        )
        content = data[place + HEAD : place + HEAD + length]
        if len(content) < length:
            raise broken()
        if kind not in seen:
            seen.add(kind)
            yield kind, content
        place += HEAD + length + length % 2
    raise broken()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)
