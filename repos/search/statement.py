"""The search statement and its parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from repos.search.filters import escape

SQL = (Path(__file__).parent / "search.sql").read_text("utf-8")
CANDIDATES = 200
NAMED_CHARS = 8_000  # of a question are looked through for names
NO_VECTORS = "SELECT NULL::bigint AS id, NULL::float8 AS score WHERE false"
# Every part is of bounded length: a question of one endless word must not take the square of its length.
_NAMED = re.compile(
    r"[A-Za-z_]\w{0,99}(?:(?:\.|::|#)[A-Za-z_]\w{0,99}){1,9}|[A-Za-z]{1,99}_\w{1,99}|_{1,9}\w{1,99}"
    r"|[a-z]{1,99}[A-Z]\w{0,99}|[A-Z][a-z0-9]{1,99}[A-Z]\w{0,99}"
)
_PATHS = re.compile(r"[\w.@+-]{1,99}(?:/[\w.@+-]{1,99}){1,30}|[\w-]{1,99}\.[a-z]{1,5}\b")


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


@dataclass(frozen=True)
class _Asked:
    """A question's vector, as text, by one embedder; `graphs` are the indexes that have an HNSW graph for it."""

    key: str
    text: str
    dimension: int
    graphs: tuple[int, ...]
    weight: float


def _vectors(asked: _Asked, scope: str) -> str:
    """Every vector of the indexes without a graph, and the neighbours that each graph finds. `scope` may be empty."""
    join = "JOIN repos_chunk c ON c.id = e.chunk_id" if scope else ""
    size = f"halfvec({asked.dimension})"

    def part(where: str, vector: str, question: str) -> str:
        return f"""(
        SELECT e.chunk_id AS id, 1 - ({vector} <=> {question}) AS score
        FROM repos_embedding e {join}
        WHERE {where} AND e.embedder = %(embedder)s {scope}
          AND e.chunk_id NOT IN (SELECT s.id FROM repos_chunk s WHERE s.index_id IN (SELECT id FROM allowed) AND NOT s.is_live)
        ORDER BY {vector} <=> {question}
        LIMIT %(candidates)s)"""  # noqa: S608 - fixed fragments and numbers of ours, every value a parameter

    others = "".join(f" AND e.index_id <> {pk}" for pk in asked.graphs)
    parts = [
        part(f"e.index_id IN (SELECT id FROM allowed){others}", "e.vector", "%(vector)s::halfvec")  # noqa: S608
    ]
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
    WHERE c.index_id IN (SELECT id FROM allowed) AND c.is_live
      AND (lower(substring(c.symbol from '[^.]+$')) = ANY(%(named_symbols)s)
           OR c.document_id IN (SELECT id FROM repos_document n WHERE n.index_id IN (SELECT id FROM allowed)
                                AND lower(n.path) LIKE ANY(%(named_paths)s))) {scope}
    LIMIT 100"""  # noqa: S608 - fixed fragments, every value a parameter
