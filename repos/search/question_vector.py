"""The vector of a question."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from deepwiki.foundation.sql import fetch_all
from deepwiki.foundation.text import is_mostly_non_latin
from repos.embedders import Embedder, EmbedderConfig, EmbedderError, configured, for_question
from repos.models import Index, vector_text

WEIGHT = 0.2
# For a question in a script that code is not written in: its words find little.
OTHER_SCRIPT_WEIGHT = 1.0
MAX_CHARS = 2_000  # of a question that are embedded


@dataclass(frozen=True)
class QuestionVector:
    """A question's vector by one embedder, as pgvector's text.

    `weight` is its share beside the words; `hnsw_indexes` are the ids of the indexes
    with a finished HNSW graph for this embedder.
    """

    embedder: str
    text: str
    dimension: int
    weight: float
    hnsw_indexes: tuple[int, ...]


@dataclass(frozen=True)
class _ReadyIndex:
    id: int
    chunks: int
    embedders: Sequence[str]
    hnsw_embedders: Sequence[str]

    def has_graph(self, embedder: str) -> bool:
        return self.chunks >= Index.HNSW_MIN_CHUNKS and embedder in self.hnsw_embedders


def embed_question(question: str, repositories: list[uuid.UUID]) -> QuestionVector | None:
    """The question's vector, by an embedder whose vectors all current indexes have.

    None when there is none, or when it fails: words alone then answer.
    """
    indexes = _ready_indexes(repositories)
    if not indexes:
        return None
    try:
        available = _common_embedders(indexes)
        embedder = for_question(question, available)
        if embedder is None:
            return None
        vector = embedder.embed_question(question[:MAX_CHARS])
    except EmbedderError:
        return None
    weight = _weight(question, embedder)
    graphs = tuple(index.id for index in indexes if index.has_graph(embedder.key))
    return QuestionVector(embedder.key, vector_text(vector.tolist()), len(vector), weight, graphs)


def embedder_config() -> EmbedderConfig:
    """The configured embedder, from the settings."""
    return EmbedderConfig(
        settings.EMBEDDER,
        settings.EMBEDDER_MODEL,
        settings.EMBEDDER_DIMENSION,
        settings.PROVIDER_ENVIRONMENT,
    )


def warm_up() -> None:
    """Load the main embedder, so that the first question need not wait for it."""
    for embedder in configured(embedder_config())[:1]:
        if embedder.key.startswith("local/"):
            embedder.embed(["warm up"])


def _weight(question: str, embedder: Embedder) -> float:
    if embedder.multilingual and is_mostly_non_latin(question):
        return OTHER_SCRIPT_WEIGHT
    return WEIGHT


def _ready_indexes(repositories: list[uuid.UUID]) -> list[_ReadyIndex]:
    """The current indexes that have all their vectors."""
    rows = fetch_all(
        "SELECT i.id, i.chunks, i.embedders, i.hnsw_embedders"
        " FROM repos_index i JOIN repos_repository r ON r.current_index_id = i.id"
        " WHERE r.id = ANY(%s) AND i.state = 'ready'",
        [repositories],
    )
    return [
        _ReadyIndex(pk, chunks, json.loads(embedders), json.loads(hnsw_embedders))
        for pk, chunks, embedders, hnsw_embedders in rows
    ]


def _common_embedders(indexes: Sequence[_ReadyIndex]) -> tuple[Embedder, ...]:
    """The configured embedders whose vectors all indexes have. Raises EmbedderError."""
    keys = set.intersection(*(set(index.embedders) for index in indexes))
    return tuple(e for e in configured(embedder_config()) if e.key in keys)
