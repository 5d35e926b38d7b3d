"""Embeddings through the `openai` package: OpenAI itself, Ollama, Google's compatible endpoint, and anything alike."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import openai

from repos.embedders.base import EmbedderError, Vectors, unit

ATTEMPTS = 4
LONGEST_WAIT = 30.0
MOST_CHARS = 8_000
QUESTION_SECONDS = 4.0


class OpenAICompatibleEmbedder:
    """One service and model. `dimension` 0 asks for the model's own length."""

    multilingual = True
    batch = 64
    concurrency = 4

    def __init__(
        self, name: str, model: str, api_key: str, base_url: str | None = None, dimension: int = 0
    ) -> None:
        self.key = f"{name}/{model}" + (f"/{dimension}" if dimension else "")
        self.dimension = dimension
        self._asked = dimension
        self._model = model
        self._client = openai.OpenAI(api_key=api_key, base_url=base_url, max_retries=0, timeout=60)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. Retries what may pass, at most three times, waiting as long as the service asks."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        clean = [text[:MOST_CHARS] if text.strip() else "(empty)" for text in texts]
        for attempt in range(ATTEMPTS):
            try:
                return self._once(clean)
            except (
                openai.RateLimitError,
                openai.APIConnectionError,
                openai.InternalServerError,
            ) as error:
                if attempt == ATTEMPTS - 1:
                    raise EmbedderError(
                        "The embedding service is not available. Try again later."
                    ) from error
                time.sleep(_wait(error, attempt))
            except openai.AuthenticationError as error:
                raise EmbedderError(
                    "The embedding service refused its key. Check the settings."
                ) from error
            except openai.APIError as error:
                raise EmbedderError(
                    "The embedding service refused the request. Check the model's name."
                ) from error
        raise AssertionError("unreachable")

    def embed_question(self, text: str) -> Vectors:
        """See Embedder."""
        try:
            vector: Vectors = self._once([text[:MOST_CHARS]], QUESTION_SECONDS)[0]
        except openai.APIError as error:
            raise EmbedderError("The embedding service does not answer in time.") from error
        return vector

    def _once(self, texts: list[str], seconds: float = 60) -> Vectors:
        reply = self._client.with_options(timeout=seconds).embeddings.create(
            model=self._model,
            input=texts,
            encoding_format="float",
            dimensions=self._asked or openai.omit,
        )
        rows = [item.embedding for item in sorted(reply.data, key=lambda item: item.index)]
        lengths = {len(row) for row in rows}
        if (
            len(rows) != len(texts)
            or len(lengths) != 1
            or (self.dimension and lengths != {self.dimension})
        ):
            raise EmbedderError(
                "The embedding service answered with vectors of another length than before."
            )
        self.dimension = lengths.pop()
        return unit(np.asarray(rows, dtype=np.float32))


def _wait(error: openai.APIError, attempt: int) -> float:
    response = getattr(error, "response", None)
    try:
        asked = float(response.headers.get("retry-after", "")) if response is not None else 0.0
    except ValueError:
        asked = 0.0
    return min(asked or 0.5 * 2**attempt, LONGEST_WAIT)
