"""A working fake: hashed bags of words. Instant and deterministic, for tests and measurements."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from repos.embedders.base import Vectors, unit
from repos.indexing.code_tokens import token_counts


@lru_cache(maxsize=200_000)
def _place(token: str) -> int:
    return zlib.crc32(token.encode())


class FakeEmbedder:
    """Texts that share words are near; nothing else is."""

    dimension = 64
    batch = 256
    concurrency = 1
    multilingual = True

    def __init__(self, key: str = "fake/hashing") -> None:
        self.key = key

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for token, times in token_counts(text).items():
                vectors[row, _place(token) % self.dimension] += times
        return unit(vectors)

    def embed_question(self, text: str) -> Vectors:
        """See Embedder."""
        vector: Vectors = self.embed([text])[0]
        return vector
