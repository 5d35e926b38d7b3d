"""The only reader of indexes: a question to ranked passages.

One statement (`sql/search.sql`) scores words and vectors, fuses them and applies permission and filters, so that no
row a person may not see is ever ranked.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from repos.access.permissions import READABLE
from repos.embedders import EmbedderConfig, EmbedderError, configured, for_question
from repos.index import hnsw
from repos.indexing.code_tokens import question_terms, term_id
from repos.models import Document
from repos.search.files import with_texts
from repos.search.filters import Filters, scope_of
from repos.search.passages import SearchHit, SearchResult
from repos.search.ranking import rank
from repos.search.statement import CANDIDATES, NO_VECTORS, SQL, _Asked, _named, _rows, _vectors

DEPTH = 10  # ranked passages looked at for each one shown
SEMANTIC_WEIGHT = 0.3
FOREIGN_WEIGHT = 1.0  # of a question in a script that code is not written in: its words say little
NAMED_BONUS = 0.5
# A filter must not starve the graph's search: it goes on until there are enough.
GRAPH_SETTINGS = (
    f"SET LOCAL hnsw.ef_search = {CANDIDATES}; SET LOCAL hnsw.iterative_scan = relaxed_order"
)
_ABOUT_TESTS = re.compile(
    r"\b(tests?|testing|tested|fixtures?|spec|pytest|unittest)\b", re.IGNORECASE
)
_ABOUT_DOCS = re.compile(
    r"\b(docs?|documentation|documented|readme|guide|tutorial|changelog|examples?)\b", re.IGNORECASE
)


def search(
    repositories: Iterable[uuid.UUID],
    question: str,
    *,
    user_id: int | None,
    limit: int = 20,
    filters: Filters | None = None,
    file: str = "",
    hybrid: bool = True,
    with_text: bool = True,
) -> SearchResult:
    """Passages for `question` from the current indexes of `repositories` that the user may read.

    Unreadable repositories give nothing, in the same way as unknown ones. `file` steers towards one path. Without
    vectors (none configured, none computed yet, or `hybrid` false) words alone decide.
    """
    ids = list(repositories)
    filters = filters or Filters()
    values: dict[str, Any] = {
        "repositories": ids,
        "user": user_id,
        "terms": [term_id(term) for term in question_terms(question)][:500],
        "candidates": CANDIDATES,
        "limit": limit * DEPTH,
        "semantic_weight": SEMANTIC_WEIGHT,
        "named_bonus": NAMED_BONUS,
        "wanted_roles": _wanted_roles(question),
        "file": file,
        "folder": f"{PurePosixPath(file).parent}/" if "/" in file else "",
    }
    asked = _embed(question, ids) if hybrid else None
    if asked is not None:
        values |= {"embedder": asked.key, "vector": asked.text, "semantic_weight": asked.weight}
    scope = scope_of(filters, values)
    vectors = _vectors(asked, scope if filters.any else "") if asked else NO_VECTORS
    sql = SQL.format(
        readable=READABLE, scope=scope, vectors=vectors, named=_named(question, values, scope)
    )
    # The setting holds for the transaction only, and only a graph heeds it.
    with (
        transaction.atomic() if asked and asked.graphs else nullcontext(),
        connection.cursor() as cursor,
    ):
        if asked and asked.graphs:
            cursor.execute(GRAPH_SETTINGS)
        passages = rank([SearchHit(*row) for row in _rows(cursor, sql, values)], limit)
    return SearchResult(
        with_texts(passages) if with_text else passages, "hybrid" if asked else "words"
    )


def embedder_config() -> EmbedderConfig:
    """The configured embedder, from the settings."""
    return EmbedderConfig(
        settings.EMBEDDER,
        settings.EMBEDDER_MODEL,
        settings.EMBEDDER_DIMENSION,
        settings.PROVIDER_ENVIRONMENT,
    )


def _wanted_roles(question: str) -> list[str]:
    roles = [Document.Role.CODE.value]
    if _ABOUT_TESTS.search(question):
        roles.append(Document.Role.TEST.value)
    if _ABOUT_DOCS.search(question):
        roles.append(Document.Role.DOCS.value)
    return roles


def _embed(question: str, ids: list[uuid.UUID]) -> _Asked | None:
    """The question's vector, None when the indexes hold no vectors to compare with."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.id, i.embedders, i.chunks FROM repos_index i JOIN repos_repository r ON r.current_index_id = i.id"
            " WHERE r.id = ANY(%s) AND i.state = 'ready'",
            [ids],
        )
        held = [(pk, json.loads(embedders), chunks) for pk, embedders, chunks in cursor.fetchall()]
    if not held:
        return None
    try:
        available = tuple(
            e for e in configured(embedder_config()) if all(e.key in keys for _, keys, _ in held)
        )
        embedder = for_question(question, available)
        if embedder is None:
            return None
        row = embedder.embed_question(question[:2_000])
    except EmbedderError:
        return None  # words alone still answer; the mode of what is found says so
    text = "[" + ",".join(f"{x:.5g}" for x in row.tolist()) + "]"
    large = [pk for pk, _, chunks in held if chunks >= hnsw.FROM_CHUNKS]
    weight = SEMANTIC_WEIGHT if embedder is available[0] else FOREIGN_WEIGHT
    return _Asked(embedder.key, text, len(row), hnsw.finished(large, embedder.key), weight)


def warm_up() -> None:
    """Load the main embedder, so that the first question need not wait for it."""
    for embedder in configured(embedder_config())[:1]:
        if embedder.key.startswith("local/"):
            embedder.embed(["warm up"])
