"""The only reader of indexes: a question to ranked passages.

One statement (`sql/search.sql`) scores words and vectors, fuses them and applies permission and filters, so that no
row a person may not see is ever ranked.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.db import connection

from repos.embedders import EmbedderConfig, EmbedderError, configured, for_question
from repos.indexing.tokens import question_terms, term_id
from repos.models import Document, Index, Repository

SQL = (Path(__file__).parent / "sql" / "search.sql").read_text("utf-8")
CANDIDATES = 200
SEMANTIC_WEIGHT = 0.5
NAMED_BONUS = 0.5
MOST_PATTERNS = 200

_NAMED = re.compile(
    r"[A-Za-z_][\w]*(?:(?:\.|::|#)[A-Za-z_]\w*)+|[A-Za-z]+_\w+|_+\w+|[a-z]+[A-Z]\w*|[A-Z][a-z0-9]+[A-Z]\w*"
)
_PATHS = re.compile(r"[\w.@+-]+(?:/[\w.@+-]+)+|[\w-]+\.[a-z]{1,5}\b")
_ABOUT_TESTS = re.compile(r"\b(tests?|testing|tested|fixtures?|spec|pytest|unittest)\b", re.IGNORECASE)
_ABOUT_DOCS = re.compile(
    r"\b(docs?|documentation|documented|readme|guide|tutorial|changelog|examples?)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Filters:
    """Which files take part. Each entry is a glob or a name; empty lists exclude nothing and include everything."""

    excluded_dirs: Sequence[str] = ()
    excluded_files: Sequence[str] = ()
    included_dirs: Sequence[str] = ()
    included_files: Sequence[str] = ()

    @property
    def any(self) -> bool:
        return bool(self.excluded_dirs or self.excluded_files or self.included_dirs or self.included_files)


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


def parse_patterns(text: str) -> list[str]:
    """A filter field as clients send it: separated by newlines or commas, each part URL-decoded."""
    parts = (unquote(part).strip().removeprefix("./").strip("/") for part in re.split(r"[\n,]", text))
    return [part for part in parts if part][:MOST_PATTERNS]


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
        "limit": limit,
        "semantic_weight": SEMANTIC_WEIGHT,
        "named_bonus": NAMED_BONUS,
        "wanted_roles": _wanted_roles(question),
        "file": file,
        "folder": f"{PurePosixPath(file).parent}/" if "/" in file else "",
    }
    key, vector = _embed(question, ids) if hybrid else ("", "")
    values |= {"embedder": key, "vector": vector}
    scope = _scope(filters, values)
    sql = SQL.format(
        scope=scope, vectors=_vectors(bool(vector), filters.any, scope), named=_named(question, values, scope)
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        passages = [Passage(*row) for row in cursor.fetchall()]
    return Found(with_texts(passages) if with_text else passages, "hybrid" if vector else "words")


def with_texts(passages: list[Passage]) -> list[Passage]:
    """The passages with their lines filled in."""
    texts = dict(Document.objects.filter(pk__in={p.document_id for p in passages}).values_list("pk", "text"))
    return [
        replace(p, text="\n".join(texts[p.document_id].split("\n")[p.start - 1 : p.end]))
        for p in passages
        if p.document_id in texts
    ]


def read_file(repository: Repository, path: str, user_id: int | None) -> Document | None:
    """A file of the current index, looked up as an entry of the indexed tree and never as a path on disk."""
    readable = Repository.objects.readable_by(_User(user_id)).filter(pk=repository.pk)  # type: ignore[arg-type]
    return Document.objects.filter(
        index_id__in=readable.values("current_index_id"), path=path.removeprefix("./").removeprefix("/"), live=True
    ).first()


def embedder_config() -> EmbedderConfig:
    """The configured embedder, from the settings."""
    return EmbedderConfig(
        settings.EMBEDDER, settings.EMBEDDER_MODEL, settings.EMBEDDER_DIMENSION, settings.PROVIDER_ENVIRONMENT
    )


@dataclass(frozen=True)
class _User:
    pk: int | None


def _wanted_roles(question: str) -> list[str]:
    roles = [Document.Role.CODE.value]
    if _ABOUT_TESTS.search(question):
        roles.append(Document.Role.TEST.value)
    if _ABOUT_DOCS.search(question):
        roles.append(Document.Role.DOCS.value)
    return roles


def _embed(question: str, ids: list[uuid.UUID]) -> tuple[str, str]:
    """Key and vector of the question, empty when the indexes hold no vectors to compare with."""
    held = Index.objects.filter(pk__in=Repository.objects.filter(pk__in=ids).values("current_index_id"))
    keys = [set(embedders) for embedders, state in held.values_list("embedders", "state") if state == Index.State.READY]
    if not keys:
        return "", ""
    try:
        available = tuple(e for e in configured(embedder_config()) if all(e.key in held for held in keys))
        embedder = for_question(question, available)
        if embedder is None:
            return "", ""
        row = embedder.embed_question(question[:2_000])
    except EmbedderError:
        return "", ""  # words alone still answer; the mode of what is found says so
    return embedder.key, "[" + ",".join(f"{x:.5g}" for x in row.tolist()) + "]"


def _vectors(wanted: bool, filtered: bool, scope: str) -> str:
    if not wanted:
        return "SELECT NULL::bigint AS id, NULL::float8 AS score WHERE false"
    join = "JOIN repos_chunk c ON c.id = e.chunk_id" if filtered else ""
    return f"""
    SELECT e.chunk_id AS id, 1 - (e.vector <=> %(vector)s::halfvec) AS score
    FROM repos_embedding e {join}
    WHERE e.index_id IN (SELECT id FROM allowed) AND e.embedder = %(embedder)s {scope if filtered else ""}
      AND e.chunk_id NOT IN (SELECT s.id FROM repos_chunk s WHERE s.index_id IN (SELECT id FROM allowed) AND NOT s.live)
    ORDER BY e.vector <=> %(vector)s::halfvec
    LIMIT %(candidates)s"""  # noqa: S608 - fixed fragments, every value a parameter


def _named(question: str, values: dict[str, Any], scope: str) -> str:
    """Chunks of the symbols and files that the question names outright."""
    symbols = {re.split(r"[.#]|::", match)[-1].lower() for match in _NAMED.findall(question)}
    paths = {match.lower() for match in _PATHS.findall(question)}
    if not symbols and not paths:
        return "SELECT NULL::bigint AS id WHERE false"
    values["named_symbols"] = sorted(symbols)[:50]
    values["named_paths"] = [f"%{_escape(path)}" for path in sorted(paths)[:20]]
    return f"""
    SELECT c.id FROM repos_chunk c
    WHERE c.index_id IN (SELECT id FROM allowed) AND c.live
      AND (lower(substring(c.symbol from '[^.]+$')) = ANY(%(named_symbols)s)
           OR c.document_id IN (SELECT id FROM repos_document n WHERE n.index_id IN (SELECT id FROM allowed)
                                AND lower(n.path) LIKE ANY(%(named_paths)s))) {scope}
    LIMIT 100"""  # noqa: S608 - fixed fragments, every value a parameter


def _scope(filters: Filters, values: dict[str, Any]) -> str:
    """The condition on `c.document_id` for the filters, its values added to `values`."""
    if not filters.any:
        return ""
    conditions = []
    for number, (patterns, make, negate) in enumerate((
        (filters.included_dirs, _folder_likes, False), (filters.included_files, _file_likes, False),
        (filters.excluded_dirs, _folder_likes, True), (filters.excluded_files, _file_likes, True),
    )):  # fmt: skip
        if patterns:
            values[f"filter_{number}"] = [like for pattern in patterns for like in make(pattern)]
            conditions.append((negate, f"f.path LIKE ANY(%(filter_{number})s)"))
    included = " OR ".join(condition for negate, condition in conditions if not negate)
    excluded = " AND ".join(f"NOT {condition}" for negate, condition in conditions if negate)
    both = " AND ".join(part for part in (f"({included})" if included else "", excluded) if part)
    return f"AND c.document_id IN (SELECT f.id FROM repos_document f WHERE f.index_id IN (SELECT id FROM allowed) AND {both})"  # noqa: S608


def _folder_likes(pattern: str) -> list[str]:
    like = _like(pattern)
    return [f"{like}/%", f"%/{like}/%"]


def _file_likes(pattern: str) -> list[str]:
    like = _like(pattern)
    return [like] if "/" in pattern else [like, f"%/{like}"]


def _like(glob: str) -> str:
    """A glob as a LIKE pattern. Neighbouring stars become one and there are at most eight, which bounds the matching."""
    escaped = re.sub(r"\*+", "*", _escape(glob[:200].strip("/")))
    pieces = escaped.split("*")
    return "%".join(pieces[:9]).replace("?", "_")


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def warm_up() -> None:
    """Load the main embedder, so that the first question need not wait for it."""
    for embedder in configured(embedder_config())[:1]:
        if embedder.key.startswith("local/"):
            embedder.embed(["warm up"])
