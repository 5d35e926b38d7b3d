"""The search statement, made of `search.sql`, `vectors.sql` and `named.sql`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg.sql import quote

from deepwiki.foundation.sql import execute, fetch_all, read_sql
from repos.indexing.code_tokens import question_terms, term_id
from repos.models import PATH_END_CHARS, Document
from repos.search import postings
from repos.search.filtered_files import FilteredFiles
from repos.search.link_bonus import link_values, links_part
from repos.search.passages import SearchOptions
from repos.search.question_vector import QuestionVector
from repos.search.targets import Target, readable_indexes, target_values

SEARCH = read_sql(__file__, "search.sql")
VECTORS = read_sql(__file__, "vectors.sql")
NAMED = read_sql(__file__, "named.sql")
NO_VECTORS = "SELECT NULL::bigint AS id, NULL::float8 AS score WHERE false"
NO_NAMES = "SELECT NULL::bigint AS id WHERE false"
DOCUMENTS_SCOPE = "AND c.document_id IN (SELECT unnest(%(documents)s::bigint[]))"
CANDIDATES = 200  # of words and of each part of the vectors, before fusion
DEPTH = 10  # hits ranked for each one returned
NAMED_BONUS = 0.5
MAX_TERMS, MAX_SYMBOLS, MAX_PATHS = 500, 50, 20
LAST_CHARACTER = "\U0010ffff"  # what begins with a text comes before that text and this
MAX_NAMED_CHARS = 8_000  # of a question that are searched for names
# A filter must not starve an HNSW scan: it goes on until there are enough.
HNSW_SETTINGS = (
    f"SET LOCAL hnsw.ef_search = {CANDIDATES}; SET LOCAL hnsw.iterative_scan = relaxed_order"
)
# A prepared statement is planned once a connection, not for each question: constants stand
# in its text, so that the plan for every question knows them.
PLANNED_ONCE = "SET LOCAL plan_cache_mode = force_generic_plan"
PREPARE_THRESHOLD = 5

# Every part is bounded: a question of one endless word must not take quadratic time.
SYMBOL = re.compile(
    r"[A-Za-z_]\w{0,99}(?:(?:\.|::|#)[A-Za-z_]\w{0,99}){1,9}|[A-Za-z]{1,99}_\w{1,99}|_{1,9}\w{1,99}"
    r"|[a-z]{1,99}[A-Z]\w{0,99}|[A-Z][a-z0-9]{1,99}[A-Z]\w{0,99}"
)
PATH = re.compile(r"[\w.@+-]{1,99}(?:/[\w.@+-]{1,99}){1,30}|[\w-]{1,99}\.[a-z]{1,5}\b")
ABOUT_TESTS = re.compile(
    r"\b(tests?|testing|tested|fixtures?|spec|pytest|unittest)\b", re.IGNORECASE
)
ABOUT_DOCS = re.compile(
    r"\b(docs?|documentation|documented|readme|guide|tutorial|changelog|examples?)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class SearchStatement:
    """SQL and its parameters, and the settings (SQL) that hold for its transaction.

    Its rows are the fields of a SearchHit, `text` left out.
    """

    sql: str
    values: Mapping[str, Any]
    settings: Sequence[str] = ()


def build_statement(
    targets: Sequence[Target],
    question: str,
    user_id: int | None,
    options: SearchOptions,
    vector: QuestionVector | None,
    files: FilteredFiles | None = None,
) -> SearchStatement:
    """The statement of one search; without `vector` words alone decide.

    Only `files` are searched if given.
    """
    values = _values(question, options)
    values |= target_values(targets, user_id) | link_values(question)
    values |= postings.parameters(None if files is None else files.share)
    scope = "" if files is None else DOCUMENTS_SCOPE
    if files is not None:
        values["documents"] = files.documents
    sql = SEARCH.format(
        readable_indexes=readable_indexes(targets),
        candidates=CANDIDATES,
        named_bonus=NAMED_BONUS,
        scope=scope,
        vectors=_vectors(vector, scope, values),
        named=_named_union(question, scope, values),
        links=links_part(is_filtered=files is not None),
    )
    is_uniform = len(targets) == 1 and files is None
    return SearchStatement(sql, values, _settings(vector, is_uniform=is_uniform))


def fetch_rows(statement: SearchStatement) -> list[tuple[Any, ...]]:
    """Execute the statement and return its rows.

    On the embedded database it is prepared once a connection, since planning it takes a
    quarter of its time. A pooler in front of another database would lose prepared
    statements: there it is sent whole.
    """
    if not statement.settings:
        return _fetch_rows(statement)
    with transaction.atomic():  # the settings hold for a transaction
        execute("; ".join(statement.settings))
        return _fetch_rows(statement)


def _fetch_rows(statement: SearchStatement) -> list[tuple[Any, ...]]:
    if settings.DATABASE_URL:
        return fetch_all(statement.sql, statement.values)
    with connection.cursor() as cursor:  # opens the connection when it is closed
        raw = cursor.connection
    raw.prepare_threshold = PREPARE_THRESHOLD
    with psycopg.Cursor(raw) as prepared:
        return prepared.execute(statement.sql, statement.values, prepare=True).fetchall()


def _values(question: str, options: SearchOptions) -> dict[str, Any]:
    """The parameters of `search.sql` itself, without vectors."""
    return {
        "terms": [term_id(term) for term in question_terms(question)][:MAX_TERMS],
        "limit": options.limit * DEPTH,
        "semantic_weight": 0.0,
        "full_score_roles": _full_score_roles(question),
        "file": options.file,
        "folder": _folder(options.file),
    }


def _full_score_roles(question: str) -> list[str]:
    """The roles whose score is not lowered: code, and what the question is about."""
    roles = [Document.Role.CODE.value]
    if ABOUT_TESTS.search(question):
        roles.append(Document.Role.TEST.value)
    if ABOUT_DOCS.search(question):
        roles.append(Document.Role.DOCS.value)
    return roles


def _folder(file: str) -> str:
    """The folder of a path, with a slash; empty at the top."""
    if "/" not in file:
        return ""
    return f"{PurePosixPath(file).parent}/"


def _settings(vector: QuestionVector | None, *, is_uniform: bool) -> list[str]:
    """Of a search; one plan is good for all uniform ones, which differ by the question alone.

    How many files a filter leaves decides between plans, and the number of repositories.
    """
    chosen = []
    if vector is not None and vector.hnsw_indexes:
        chosen.append(HNSW_SETTINGS)
    if is_uniform and not settings.DATABASE_URL:
        chosen.append(PLANNED_ONCE)
    return chosen


def _vectors(vector: QuestionVector | None, scope: str, values: dict[str, Any]) -> str:
    """The nearest chunks: of all indexes without a graph, and of each graph."""
    if vector is None:
        return NO_VECTORS
    values |= {
        "embedder": vector.embedder,
        "vector": vector.text,
        "semantic_weight": vector.weight,
    }
    parts = [_exact_part(vector, scope)]
    parts += [_hnsw_part(index_id, vector, scope) for index_id in vector.hnsw_indexes]
    union = " UNION ALL ".join(f"({part})" for part in parts)
    return f"SELECT id, score FROM ({union}) AS near ORDER BY score DESC LIMIT {CANDIDATES}"  # noqa: S608 - fixed fragments, every value a parameter


def _exact_part(vector: QuestionVector, scope: str) -> str:
    graphs = "".join(f" AND id <> {index_id}" for index_id in vector.hnsw_indexes)
    without_graph = f"SELECT id FROM allowed WHERE true{graphs}"  # noqa: S608 - numbers
    return VECTORS.format(
        condition=f"e.index_id IN ({without_graph})",
        embedder="%(embedder)s",
        vector="e.vector",
        question="%(vector)s::halfvec",
        candidates=CANDIDATES,
        scope=scope,
        join=_join(scope),
    )


def _hnsw_part(index_id: int, vector: QuestionVector, scope: str) -> str:
    """The graph's own condition and expression, so that the planner uses it.

    The embedder is no parameter: a plan for every value of it could not use the graph.
    """
    size = f"halfvec({vector.dimension})"
    is_allowed = f"EXISTS (SELECT 1 FROM allowed WHERE id = {index_id})"  # noqa: S608 - a number
    return VECTORS.format(
        condition=f"e.index_id = {index_id} AND {is_allowed}",
        embedder=literal(vector.embedder),
        vector=f"(e.vector::{size})",
        question=f"%(vector)s::{size}",
        candidates=CANDIDATES,
        scope=scope,
        join=_join(scope),
    )


def literal(text: str) -> str:
    """A text as SQL, in a statement with parameters."""
    return quote(text).replace("%", "%%")


def _join(scope: str) -> str:
    """Only filters look at the chunk of a vector."""
    if not scope:
        return ""
    return "JOIN repos_chunk c ON c.id = e.chunk_id"


def _named_union(question: str, scope: str, values: dict[str, Any]) -> str:
    """Chunks of the symbols and files that the question names."""
    symbols, paths = _names(question[:MAX_NAMED_CHARS])
    if not symbols and not paths:
        return NO_NAMES
    values["named_symbols"] = symbols
    ends = [path[::-1][:PATH_END_CHARS] for path in paths]
    values["path_ends"] = ends
    values["path_ends_after"] = [end + LAST_CHARACTER for end in ends]
    return NAMED.format(scope=scope)


def _names(text: str) -> tuple[list[str], list[str]]:
    """The symbols (without their classes) and the paths in a text, in lower case."""
    symbols = {re.split(r"[.#]|::", match)[-1].lower() for match in SYMBOL.findall(text)}
    paths = {match.lower() for match in PATH.findall(text)}
    return sorted(symbols)[:MAX_SYMBOLS], sorted(paths)[:MAX_PATHS]
