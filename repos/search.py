"""The only reader of indexes: a question to ranked passages.

One statement (`sql/search.sql`) scores words and vectors, fuses them and applies permission and filters, so that no
row a person may not see is ever ranked.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction

from repos import graphs
from repos.embedders import EmbedderConfig, EmbedderError, configured, for_question
from repos.filters import Filters, escape, parse_patterns, scope_of
from repos.indexing.tokens import question_terms, term_id
from repos.models import Document, Repository
from repos.rights import READABLE

__all__ = ["Filters", "Found", "Passage", "parse_patterns", "read_file", "search", "warm_up"]

SQL = (Path(__file__).parent / "sql" / "search.sql").read_text("utf-8")
CANDIDATES = 200
PER_FILE = 3
SUPPORT, SUPPORTERS = 0.15, 3
DEPTH = 10  # ranked passages looked at for each one shown
SEMANTIC_WEIGHT = 0.3
FOREIGN_WEIGHT = 1.0  # of a question in a script that code is not written in: its words say little
NAMED_BONUS = 0.5
NAMED_CHARS = 8_000  # of a question are looked through for names
NO_VECTORS = "SELECT NULL::bigint AS id, NULL::float8 AS score WHERE false"
# A filter must not starve the graph's search: it goes on until there are enough.
GRAPH_SETTINGS = f"SET LOCAL hnsw.ef_search = {CANDIDATES}; SET LOCAL hnsw.iterative_scan = relaxed_order"

# Every part is of bounded length: a question of one endless word must not take the square of its length.
_NAMED = re.compile(
    r"[A-Za-z_]\w{0,99}(?:(?:\.|::|#)[A-Za-z_]\w{0,99}){1,9}|[A-Za-z]{1,99}_\w{1,99}|_{1,9}\w{1,99}"
    r"|[a-z]{1,99}[A-Z]\w{0,99}|[A-Z][a-z0-9]{1,99}[A-Z]\w{0,99}"
)
_PATHS = re.compile(r"[\w.@+-]{1,99}(?:/[\w.@+-]{1,99}){1,30}|[\w-]{1,99}\.[a-z]{1,5}\b")
_ABOUT_TESTS = re.compile(r"\b(tests?|testing|tested|fixtures?|spec|pytest|unittest)\b", re.IGNORECASE)
_ABOUT_DOCS = re.compile(
    r"\b(docs?|documentation|documented|readme|guide|tutorial|changelog|examples?)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Passage:
    """Lines `start`..`end` of a file at a commit, and why they came: `words` (BM25), `cosine`, or named outright."""

    repository_id: uuid.UUID
    commit: str
    document_id: int
    path: str
    language: str
    role: str
    start: int
    end: int
    symbol: str
    words: float | None
    cosine: float | None
    score: float
    named: bool
    text: str = ""


@dataclass(frozen=True)
class Found:
    """Passages, best first, and how they were found: `mode` is `hybrid` or `words`."""

    passages: list[Passage] = field(default_factory=list)
    mode: str = "words"


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
) -> Found:
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
    sql = SQL.format(readable=READABLE, scope=scope, vectors=vectors, named=_named(question, values, scope))
    # The setting holds for the transaction only, and only a graph heeds it.
    with transaction.atomic() if asked and asked.graphs else nullcontext(), connection.cursor() as cursor:
        if asked and asked.graphs:
            cursor.execute(GRAPH_SETTINGS)
        passages = rank([Passage(*row) for row in _rows(cursor, sql, values)], limit)
    return Found(with_texts(passages) if with_text else passages, "hybrid" if asked else "words")


def _rows(cursor: Any, sql: str, values: dict[str, Any]) -> list[Any]:
    """The statement's rows. On a database of our own it is planned once for each connection: that takes as long as it runs.

    Through a pooler of connections, prepared statements are lost; there, and for whatever does not prepare, it is sent whole.
    """
    if not settings.DATABASE_URL:
        raw = cursor.connection
        raw.prepare_threshold = 5
        with psycopg.Cursor(raw) as prepared:
            return prepared.execute(sql, values, prepare=True).fetchall()
    cursor.execute(sql, values)
    found: list[Any] = cursor.fetchall()
    return found


def rank(passages: list[Passage], limit: int) -> list[Passage]:
    """The best `limit`: a file's passages support each other, and none crowds the others out.

    Each passage gains SUPPORT times the scores of the best SUPPORTERS others of its file; then at most PER_FILE of one
    file come while other files still have something to say.
    """
    by_file: dict[int, list[float]] = {}
    for passage in sorted(passages, key=_score, reverse=True):
        by_file.setdefault(passage.document_id, []).append(passage.score)
    support = {file: SUPPORT * sum(scores[1 : 1 + SUPPORTERS]) for file, scores in by_file.items()}
    ranked = sorted(passages, key=lambda passage: passage.score + support[passage.document_id], reverse=True)
    taken: Counter[int] = Counter()
    first: list[Passage] = []
    more: list[Passage] = []
    for passage in ranked:
        (first if taken[passage.document_id] < PER_FILE else more).append(passage)
        taken[passage.document_id] += 1
    return [replace(p, score=p.score + support[p.document_id]) for p in (first + more)[:limit]]


_score = attrgetter("score")


def with_texts(passages: list[Passage]) -> list[Passage]:
    """The passages with their lines filled in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, text FROM repos_document WHERE id = ANY(%s)", [[p.document_id for p in passages]])
        texts: dict[int, str] = dict(cursor.fetchall())
    return [
        replace(p, text="\n".join(texts[p.document_id].split("\n", p.end)[p.start - 1 : p.end]))
        for p in passages
        if p.document_id in texts
    ]


def read_file(repository: Repository, path: str, user_id: int | None) -> Document | None:
    """A file of the current index, looked up as an entry of the indexed tree and never as a path on disk."""
    readable = Repository.objects.readable_by(Reader(user_id)).filter(pk=repository.pk)
    return Document.objects.filter(
        index_id__in=readable.values("current_index_id"), path=path.removeprefix("./").removeprefix("/"), live=True
    ).first()


@lru_cache(maxsize=8)
def line_counts(index_id: int, updated_at: datetime) -> dict[str, int]:
    """How many lines each file of an index has. `updated_at` is its own: an index that changed is read anew."""
    return dict(Document.objects.filter(index_id=index_id, live=True).values_list("path", "lines"))


def outline(index_id: int) -> tuple[list[str], list[str]]:
    """What a repository mostly consists of: its largest folders of code, and its classes with the most passages."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT split_part(path, '/', CASE WHEN path LIKE 'src/%%' THEN 2 ELSE 1 END) AS folder
            FROM repos_document WHERE index_id = %s AND live AND role = 'code' AND path LIKE '%%/%%'
            GROUP BY 1 ORDER BY sum(lines) DESC, 1 LIMIT 3
            """,
            [index_id],
        )
        folders = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """
            SELECT split_part(c.symbol, '.', 1) AS name FROM repos_chunk c
            WHERE c.index_id = %s AND c.live AND c.role = 'code' AND c.symbol ~ '^[A-Z][A-Za-z0-9]+[.]'
            GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 3
            """,
            [index_id],
        )
        return folders, [row[0] for row in cursor.fetchall()]


def embedder_config() -> EmbedderConfig:
    """The configured embedder, from the settings."""
    return EmbedderConfig(
        settings.EMBEDDER, settings.EMBEDDER_MODEL, settings.EMBEDDER_DIMENSION, settings.PROVIDER_ENVIRONMENT
    )


@dataclass(frozen=True)
class _Asked:
    """A question's vector, as text, by one embedder; `graphs` are the indexes that have an HNSW graph for it."""

    key: str
    text: str
    dimension: int
    graphs: tuple[int, ...]
    weight: float


@dataclass(frozen=True)
class Reader:
    """A person by id alone, for asking what they may read."""

    pk: int | None


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
        available = tuple(e for e in configured(embedder_config()) if all(e.key in keys for _, keys, _ in held))
        embedder = for_question(question, available)
        if embedder is None:
            return None
        row = embedder.embed_question(question[:2_000])
    except EmbedderError:
        return None  # words alone still answer; the mode of what is found says so
    text = "[" + ",".join(f"{x:.5g}" for x in row.tolist()) + "]"
    large = [pk for pk, _, chunks in held if chunks >= graphs.FROM_CHUNKS]
    weight = SEMANTIC_WEIGHT if embedder is available[0] else FOREIGN_WEIGHT
    return _Asked(embedder.key, text, len(row), graphs.finished(large, embedder.key), weight)


def _vectors(asked: _Asked, scope: str) -> str:
    """Every vector of the indexes without a graph, and the neighbours that each graph finds. `scope` may be empty."""
    join = "JOIN repos_chunk c ON c.id = e.chunk_id" if scope else ""
    size = f"halfvec({asked.dimension})"

    def part(where: str, vector: str, question: str) -> str:
        return f"""(
        SELECT e.chunk_id AS id, 1 - ({vector} <=> {question}) AS score
        FROM repos_embedding e {join}
        WHERE {where} AND e.embedder = %(embedder)s {scope}
          AND e.chunk_id NOT IN (SELECT s.id FROM repos_chunk s WHERE s.index_id IN (SELECT id FROM allowed) AND NOT s.live)
        ORDER BY {vector} <=> {question}
        LIMIT %(candidates)s)"""  # noqa: S608 - fixed fragments and numbers of ours, every value a parameter

    others = "".join(f" AND e.index_id <> {pk}" for pk in asked.graphs)
    parts = [part(f"e.index_id IN (SELECT id FROM allowed){others}", "e.vector", "%(vector)s::halfvec")]  # noqa: S608
    for pk in asked.graphs:
        # The graph's own condition, word for word, so that the planner knows it; permission beside it.
        where = f"e.index_id = {pk} AND EXISTS (SELECT 1 FROM allowed WHERE id = {pk})"  # noqa: S608
        parts.append(part(where, f"(e.vector::{size})", f"%(vector)s::{size}"))
    return f"SELECT id, score FROM ({' UNION ALL '.join(parts)}) AS near ORDER BY score DESC LIMIT %(candidates)s"  # noqa: S608


def _named(question: str, values: dict[str, Any], scope: str) -> str:
    """Chunks of the symbols and files that the question names outright."""
    question = question[:NAMED_CHARS]
    symbols = {re.split(r"[.#]|::", match)[-1].lower() for match in _NAMED.findall(question)}
    paths = {match.lower() for match in _PATHS.findall(question)}
    if not symbols and not paths:
        return "SELECT NULL::bigint AS id WHERE false"
    values["named_symbols"] = sorted(symbols)[:50]
    values["named_paths"] = [f"%{escape(path)}" for path in sorted(paths)[:20]]
    return f"""
    SELECT c.id FROM repos_chunk c
    WHERE c.index_id IN (SELECT id FROM allowed) AND c.live
      AND (lower(substring(c.symbol from '[^.]+$')) = ANY(%(named_symbols)s)
           OR c.document_id IN (SELECT id FROM repos_document n WHERE n.index_id IN (SELECT id FROM allowed)
                                AND lower(n.path) LIKE ANY(%(named_paths)s))) {scope}
    LIMIT 100"""  # noqa: S608 - fixed fragments, every value a parameter


def warm_up() -> None:
    """Load the main embedder, so that the first question need not wait for it."""
    for embedder in configured(embedder_config())[:1]:
        if embedder.key.startswith("local/"):
            embedder.embed(["warm up"])
