"""Small images, written part by part, for tests of what people attach."""

from __future__ import annotations

import zlib

PLACE = b"GPS 52.5 13.4"  # what no copy of an image may hold


def png_chunk(kind: bytes, data: bytes = b"") -> bytes:
    """A chunk with its length and checksum."""
    body = kind + data
    return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


def png(width: int = 2, height: int = 2, *extra: bytes) -> bytes:
    """A grey PNG; `extra` chunks stand before its pixels."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    pixels = zlib.compress((b"\0" + b"\x80" * min(width, 64)) * min(height, 64))
    chunks = [png_chunk(b"IHDR", header), *extra, png_chunk(b"IDAT", pixels), png_chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def jpeg_segment(marker: int, data: bytes) -> bytes:
    """A marker with the length of its data."""
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data


def exif(turned: int = 6) -> bytes:
    """A segment that says how a photo is turned, and where it was taken."""
    entry = b"\x01\x12\0\x03\0\0\0\x01" + turned.to_bytes(2, "big") + b"\0\0"
    return jpeg_segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + bytes(4) + PLACE)


def jpeg(width: int = 3, height: int = 2, *extra: bytes) -> bytes:
    """The segments of a JPEG; `extra` stand before its frame."""
    frame = b"\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\0"
    return b"".join(
        [
            b"\xff\xd8",
            jpeg_segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            *extra,
            jpeg_segment(0xDB, bytes(65)),
            jpeg_segment(0xC0, frame),
            jpeg_segment(0xC4, bytes(17)),
            jpeg_segment(0xDA, b"\x01\x01\0\0?\0"),
            b"\x12\xff\0\x34\xff\xd0\x56\xff\xd9",
        ]
    )


def webp_chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk with its length, of an even number of bytes."""
    return kind + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)


def webp(width: int = 4, height: int = 3, *extra: bytes) -> bytes:
    """An extended WebP of one lossy frame; `extra` chunks stand behind it."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    frame = b"\0\0\0\x9d\x01\x2a" + size + b"\x01\x02\x03"
    chunks = [webp_chunk(b"VP8X", b"\x3e\0\0\0" + canvas), webp_chunk(b"VP8 ", frame), *extra]
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
