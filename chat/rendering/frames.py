"""Frames between the web process and a worker: a length of 4 bytes, big-endian, then JSON."""

from __future__ import annotations

import json

LENGTH_BYTES = 4


def to_frame(value: object) -> bytes:
    """A value as a frame."""
    body = json.dumps(value).encode()
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def frame_length(header: bytes) -> int:
    """The number of bytes that follow the header of a frame."""
    return int.from_bytes(header, "big")
