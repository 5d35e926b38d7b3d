"""A fake embedder: hashed bags of words. Fast and deterministic, for tests and benchmarks."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from repos.embedders.base import EmbedderConfig, TextForm, Vectors, unit
from repos.indexing.code_tokens import token_counts


class FakeEmbedder:
    """Texts with common words have similar vectors."""

    former_keys: Sequence[str] = ()
    text_form = TextForm.FULL
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
            for token, count in token_counts(text).items():
                vectors[row, _hash(token) % self.dimension] += count
        return unit(vectors)

    def embed_question(self, text: str) -> Vectors:
        """See Embedder."""
        vector: Vectors = self.embed([text])[0]
        return vector


def create(config: EmbedderConfig) -> FakeEmbedder:
    """See registry."""
    return FakeEmbedder(f"fake/{config.model or 'hashing'}")


@lru_cache(maxsize=10_000)
def _hash(token: str) -> int:
    return zlib.crc32(token.encode())
