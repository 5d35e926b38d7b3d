"""The embedder interface, its configuration and its error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

# Code -> English sentence. Translations are keyed by the sentence.
MESSAGES: dict[str, str] = {
    "unknown_embedder": "DEEPWIKI_EMBEDDER must be one of {names}.",
    "missing_setting": "The chosen embedder needs {name} in the settings.",
    "not_installed": "The chosen embedder needs the packages of {requirements}.",
    "unavailable": "The embedding service is not available. Try again later.",
    "bad_key": "The embedding service refused its key. Check the settings.",
    "bad_request": "The embedding service refused the request. Check the model's name.",
    "unreadable_reply": (
        "What answers at the address of the embedding service is no such service. Check the"
        " address in the settings."
    ),
    "timeout": "The embedding service does not answer in time.",
    "wrong_dimension": (
        "The embedding service answered with vectors of another length than before."
    ),
}


class EmbedderError(Exception):
    """Embedding failed after retries, or the configuration is wrong.

    An entry of MESSAGES and the values of its placeholders; `str(error)` is the English
    sentence and safe to show.
    """

    def __init__(self, code: str, **parameters: object) -> None:
        self.code = code
        self.parameters = parameters
        super().__init__(MESSAGES[code].format(**parameters))


@dataclass(frozen=True)
class EmbedderConfig:
    """The settings of the embedders.

    `model` and `dimension` are empty and 0 for the embedder's default. `environment`
    contains the services' keys and addresses under their usual names. `cache_dir` is where
    a local model may keep its weights in a form that costs less memory; None for nowhere.
    """

    name: str = "local"
    model: str = ""
    dimension: int = 0
    environment: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)
    cache_dir: Path | None = None

    def required(self, name: str) -> str:
        """A value of `environment`. Raises EmbedderError if it is missing or empty."""
        value = self.optional(name)
        if not value:
            raise EmbedderError("missing_setting", name=name)
        return value

    def optional(self, name: str) -> str:
        """A value of `environment`, empty if it is missing."""
        return self.environment.get(name, "")


class TextForm(StrEnum):
    """What is embedded of a chunk, behind its path and symbol.

    `COMPACT` is `repos.indexing.compact_text`: definitions with their comments.
    """

    FULL = "full"
    COMPACT = "compact"


class Embedder(Protocol):
    """Turns texts into vectors.

    `key` names service, model, and what else decides a stored vector: those of different
    keys are never compared. `former_keys` are of an earlier release whose stored vectors a
    question's vector can be compared with, until their index is built anew.
    `text_form` is what it embeds of a chunk.
    `dimension` is the length of each vector, 0 until the first call if it is not known.
    `batch` texts go into one call, and `concurrency` calls may run at once.
    `multilingual` means that questions in any script are understood.
    """

    key: str
    former_keys: Sequence[str]
    text_form: TextForm
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
        """float32 of shape (dimension,), unit length. One attempt of a few seconds.

        Raises EmbedderError; the search is then by words alone.
        """
        ...


def encodable(text: str) -> str:
    """`text` without the halves of surrogate pairs, which tokenizers refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length 1; a zero row stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)
