"""Keys of names and paths: 8 bytes, made of the name and the id of its index.

Two names share a key by accident once in 2^64, and never across indexes more often: so
one lookup by key meets the rows of one index only, without a column for it.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

NAME, PATH = b"n", b"p"


def name_key(index_id: int, name: str) -> int:
    """The key of a name in an index."""
    return _key(index_id, NAME, name)


def path_key(index_id: int, path: str) -> int:
    """The key of a file, the same for all states of it."""
    return _key(index_id, PATH, path)


# For writing an index; the names that are looked up would stay in a web process.
cached_name_key = lru_cache(maxsize=200_000)(name_key)


def _key(index_id: int, kind: bytes, text: str) -> int:
    digest = _digest(f"{index_id}\x00{text}", kind)
    return int.from_bytes(digest, "big", signed=True)


def _digest(text: str, kind: bytes) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return blake2b(data, digest_size=8, salt=kind).digest()
