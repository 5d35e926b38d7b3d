"""Reads artifacts. Who calls these functions has checked that the index may be read."""

from __future__ import annotations

from dataclasses import dataclass

from deepwiki.foundation.sql import fetch_all, read_sql
from repos.indexing.symbols import ARTIFACT_KINDS
from repos.models import LATEST_GENERATION

STATEMENT = read_sql(__file__, "artifacts.sql")
MAX_PER_KIND = 2_000


@dataclass(frozen=True)
class IndexArtifact:
    """A route, command, setting, schema, job, … of an index; see `symbols.Artifact`."""

    kind: str
    name: str
    line: int
    target: str
    path: str
    language: str
    role: str


def artifacts(
    index_id: int,
    *,
    kind: str | None = None,
    per_kind: int = 200,
    at: int = LATEST_GENERATION,
) -> list[IndexArtifact]:
    """What an index offers or needs, by kind; those of code first, then by path and line.

    Of each kind, or of the one given, at most `per_kind` (up to MAX_PER_KIND). Raises
    ValueError for a kind that is none of `symbols.ARTIFACT_KINDS`.
    """
    number = ARTIFACT_KINDS.index(kind) if kind is not None else None
    limit = max(0, min(per_kind, MAX_PER_KIND))
    values = {"index": index_id, "kind": number, "per_kind": limit, "at": at}
    rows = fetch_all(STATEMENT, values)
    return [IndexArtifact(ARTIFACT_KINDS[found], *rest) for found, *rest in rows]
