"""Embeddings through the `openai` package: OpenAI, Ollama and Google's compatible endpoint."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import openai
from openai.types import CreateEmbeddingResponse

from deepwiki.foundation.bounded_http import UNCOMPRESSED, bound_reply
from deepwiki.foundation.ollama_address import ollama_address
from repos.embedders.base import EmbedderConfig, EmbedderError, TextForm, Vectors, unit

MAX_RETRIES = 3
REQUEST_SECONDS = 60.0
QUESTION_SECONDS = 4.0
MAX_CHARS = 8_000
# Some 20 bytes a number: `batch` vectors of 4,096 numbers are 5 MB.
MAX_REPLY_BYTES = 32_000_000
TEMPORARY_ERRORS = (
    openai.RateLimitError,
    openai.APIConnectionError,
    openai.InternalServerError,
)
# What the SDK and the code below raise on a reply of another shape.
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
OLLAMA_HOST = "127.0.0.1"
GOOGLE_URL = "https://generativelanguage.googleapis.com/v1beta/openai/"


class OpenAICompatibleEmbedder:
    """One service and model. `dimension` 0 means the model's own length."""

    former_keys: Sequence[str] = ()
    text_form = TextForm.FULL
    multilingual = True
    batch = 64
    concurrency = 4

    def __init__(
        self, name: str, model: str, api_key: str, base_url: str | None = None, dimension: int = 0
    ) -> None:
        self.key = f"{name}/{model}"
        if dimension:
            self.key += f"/{dimension}"
        self.dimension = dimension
        self._model = model
        self._requested_dimension = dimension or openai.omit
        # The SDK waits as long as Retry-After says, or exponentially without it. If it says
        # more than a minute, the SDK gives up at once.
        self._client = openai.OpenAI(
            api_key=api_key,
            base_url=base_url,
            max_retries=MAX_RETRIES,
            timeout=REQUEST_SECONDS,
            default_headers=UNCOMPRESSED,
            http_client=openai.DefaultHttpxClient(event_hooks=bound_reply(MAX_REPLY_BYTES)),
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. Temporary errors are retried MAX_RETRIES times."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        clean = [_clean(text) for text in texts]
        try:
            return self._request(self._client, clean)
        except TEMPORARY_ERRORS as error:
            raise EmbedderError("unavailable") from error
        except openai.AuthenticationError as error:
            raise EmbedderError("bad_key") from error
        except openai.APIError as error:
            raise EmbedderError("bad_request") from error
        except UNREADABLE as error:
            raise EmbedderError("unreadable_reply") from error

    def embed_question(self, text: str) -> Vectors:
        """See Embedder."""
        client = self._client.with_options(timeout=QUESTION_SECONDS, max_retries=0)
        try:
            vector: Vectors = self._request(client, [text[:MAX_CHARS]])[0]
        except openai.APIError as error:
            raise EmbedderError("timeout") from error
        except UNREADABLE as error:
            raise EmbedderError("unreadable_reply") from error
        return vector

    def _request(self, client: openai.OpenAI, texts: list[str]) -> Vectors:
        response = client.embeddings.create(
            model=self._model,
            input=texts,
            encoding_format="float",
            dimensions=self._requested_dimension,
        )
        rows = _rows(response)
        lengths = {len(row) for row in rows}
        if len(rows) != len(texts) or lengths != {self.dimension or min(lengths)}:
            raise EmbedderError("wrong_dimension")
        vectors = np.asarray(rows, dtype=np.float32)
        if vectors.ndim != 2 or not vectors.size or not np.isfinite(vectors).all():
            raise ValueError("no vectors")
        self.dimension = lengths.pop()
        return unit(vectors)


def create_openai(config: EmbedderConfig) -> OpenAICompatibleEmbedder:
    """See registry. OPENAI_API_KEY is required."""
    return OpenAICompatibleEmbedder(
        "openai",
        config.model or "text-embedding-3-small",
        config.required("OPENAI_API_KEY"),
        config.optional("OPENAI_BASE_URL") or None,
        config.dimension,
    )


def create_ollama(config: EmbedderConfig) -> OpenAICompatibleEmbedder:
    """See registry."""
    model = config.model or "nomic-embed-text"
    url = _ollama_url(config)
    return OpenAICompatibleEmbedder("ollama", model, "ollama", url, config.dimension)


def create_google(config: EmbedderConfig) -> OpenAICompatibleEmbedder:
    """See registry. GOOGLE_API_KEY is required."""
    return OpenAICompatibleEmbedder(
        "google",
        config.model or "gemini-embedding-001",
        config.required("GOOGLE_API_KEY"),
        config.optional("GOOGLE_OPENAI_COMPATIBLE") or GOOGLE_URL,
        config.dimension or 768,
    )


def _ollama_url(config: EmbedderConfig) -> str:
    return f"{ollama_address(config.optional('OLLAMA_HOST') or OLLAMA_HOST)}/v1"


def _clean(text: str) -> str:
    """Services refuse empty texts and long ones."""
    if not text.strip():
        return "(empty)"
    return text[:MAX_CHARS]


def _rows(response: CreateEmbeddingResponse) -> list[list[float]]:
    """The vectors in the order of the texts."""
    return [item.embedding for item in sorted(response.data, key=lambda item: item.index)]
