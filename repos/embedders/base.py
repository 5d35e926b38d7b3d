"""What an embedder is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class EmbedderError(Exception):
    """Embedding failed for good: after retries, or because the set-up is wrong. The message is safe to show."""


class Embedder(Protocol):
    """Turns texts into vectors.

    `key` names service and model; vectors of different keys are never compared. `dimension` is the length of each
    vector, 0 while it is only known after the first call. `batch` texts go into one call, and `concurrency` calls may
    run at once. `multilingual` says that questions in any script are understood.
    """

    key: str
    dimension: int
    batch: int
    concurrency: int
    multilingual: bool

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32 of shape (len(texts), dimension), rows of unit length, in order.

        Raises EmbedderError. Called from worker threads.
        """
        ...

    def embed_question(self, text: str) -> Vectors:
        """float32 of shape (dimension,), unit length, for somebody who waits: tried once, within seconds.

        Raises EmbedderError; words alone then answer.
        """
        ...


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length 1; a zero row stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
    return scaled
