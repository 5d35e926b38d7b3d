"""A question to ranked hits.

One statement (`search.sql`) scores words and vectors, fuses them and applies permission and
filters, so that no row that the person may not read is ever ranked.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import nullcontext

from django.db import connection, transaction

from repos.search.files import with_texts
from repos.search.passages import SearchHit, SearchOptions, SearchResult
from repos.search.question_vector import QuestionVector, embed_question
from repos.search.ranking import rank
from repos.search.statement import HNSW_SETTINGS, SearchStatement, build_statement, fetch_rows


def search(
    repositories: Iterable[uuid.UUID],
    question: str,
    *,
    user_id: int | None,
    options: SearchOptions | None = None,
) -> SearchResult:
    """Hits for `question` in the current indexes of `repositories` that the user may read.

    Unreadable repositories give nothing, like unknown ones. Words alone decide where there are no
    vectors: none configured, none computed yet, or `hybrid` off.
    """
    options = options or SearchOptions()
    ids = list(repositories)
    vector = embed_question(question, ids) if options.hybrid else None
    statement = build_statement(ids, question, user_id, options, vector)
    hits = rank(_execute(statement, vector), options.limit)
    if options.with_text:
        hits = with_texts(hits)
    return SearchResult(hits, "hybrid" if vector else "words")


def _execute(statement: SearchStatement, vector: QuestionVector | None) -> list[SearchHit]:
    uses_hnsw = vector is not None and bool(vector.hnsw_indexes)
    # The settings hold for the transaction only, and only HNSW scans heed them.
    with transaction.atomic() if uses_hnsw else nullcontext(), connection.cursor() as cursor:
        if uses_hnsw:
            cursor.execute(HNSW_SETTINGS)
        return [SearchHit(*row) for row in fetch_rows(cursor, statement)]
