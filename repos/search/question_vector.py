"""The vector of a question."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from deepwiki.foundation.sql import fetch_all
from deepwiki.foundation.text import is_mostly_non_latin
from repos.embedders import Embedder, EmbedderConfig, EmbedderError, configured
from repos.models import Index, vector_text
from repos.search.targets import Target, current_of, snapshots_of

logger = logging.getLogger(__name__)
CACHE_FOLDER = "embedder"  # of DATA_DIR
WEIGHT = 0.2
# For a question in a script that code is not written in: its words find little.
OTHER_SCRIPT_WEIGHT = 1.0
READY_INDEXES = """
SELECT i.id, i.chunks, i.embedders, i.hnsw_embedders FROM repos_index i
WHERE i.state = 'ready' AND i.id = ANY(
    array(SELECT current_index_id FROM repos_repository WHERE id = ANY(%s)) || %s::bigint[]
)
"""
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


def embed_question(question: str, targets: Sequence[Target]) -> QuestionVector | None:
    """The question's vector, by an embedder whose vectors all ready indexes have.

    None when there is none, or when it fails: words alone then answer.
    """
    indexes = _ready_indexes(targets)
    if not indexes:
        return None
    try:
        for embedder in configured(embedder_config()):
            if key := _common_key(embedder, indexes):
                return _embed(embedder, question, key, _graphs(indexes, key))
    except EmbedderError:
        logger.debug("a question has no vector", exc_info=True)
    return None


def embedder_config() -> EmbedderConfig:
    """The configured embedder, from the settings."""
    return EmbedderConfig(
        settings.EMBEDDER,
        settings.EMBEDDER_MODEL,
        settings.EMBEDDER_DIMENSION,
        settings.PROVIDER_ENVIRONMENT,
        settings.DATA_DIR / CACHE_FOLDER,
    )


def warm_up() -> None:
    """Load a local embedder, so that the first question need not wait for it."""
    for embedder in configured(embedder_config()):
        if embedder.key.startswith("local/"):
            embedder.embed(["warm up"])


def _embed(embedder: Embedder, question: str, key: str, graphs: tuple[int, ...]) -> QuestionVector:
    """Raises EmbedderError."""
    vector = embedder.embed_question(question[:MAX_CHARS])
    text = vector_text(vector.tolist())
    return QuestionVector(key, text, len(vector), _weight(embedder, question), graphs)


def _graphs(indexes: Sequence[_ReadyIndex], key: str) -> tuple[int, ...]:
    return tuple(index.id for index in indexes if index.has_graph(key))


def _weight(embedder: Embedder, question: str) -> float:
    if embedder.multilingual and is_mostly_non_latin(question):
        return OTHER_SCRIPT_WEIGHT
    return WEIGHT


def _ready_indexes(targets: Sequence[Target]) -> list[_ReadyIndex]:
    """The indexes of the targets that have all their vectors."""
    snapshots = [snapshot.index_id for snapshot in snapshots_of(targets)]
    rows = fetch_all(READY_INDEXES, [current_of(targets), snapshots])
    return [
        _ReadyIndex(pk, chunks, json.loads(embedders), json.loads(hnsw_embedders))
        for pk, chunks, embedders, hnsw_embedders in rows
    ]


def _common_key(embedder: Embedder, indexes: Sequence[_ReadyIndex]) -> str:
    """The embedder's key, or former one, whose vectors all indexes have; empty without one."""
    common = _common_keys(indexes)
    return next((key for key in (embedder.key, *embedder.former_keys) if key in common), "")


def _common_keys(indexes: Sequence[_ReadyIndex]) -> set[str]:
    return set.intersection(*(set(index.embedders) for index in indexes))
