"""The documents in which a pattern may match, found by trigrams."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from deepwiki.foundation.sql import fetch_all, read_sql
from repos.indexing.trigrams import MAX_INDEX_NUMBER, UNBOUNDED, trigrams_of_literal
from repos.models import Index
from repos.search.grep.literal_parts import Texts
from repos.search.targets import Target, readable_indexes, target_values

CANDIDATES = read_sql(__file__, "candidates.sql")
OLDER = f"SELECT o.id AS document_id FROM repos_document o WHERE o.index_id = a.id AND a.format < {Index.LOOKUP_FORMAT}"  # noqa: S608 - a number of ours
ALL = "SELECT o.id AS document_id FROM repos_document o WHERE o.index_id = a.id"
# Each condition names the index too: GIN then meets only its documents.
BY_TRIGRAMS = """
SELECT t.document_id FROM repos_trigrams t WHERE a.format >= {format} AND {conditions}
UNION
SELECT t.document_id FROM repos_trigrams t
WHERE a.format >= {format} AND t.numbers @> ({index} || ARRAY[{unbounded}])
UNION ALL
{older}
"""
INDEX_NUMBER = f"ARRAY[(-1 - a.id %% {MAX_INDEX_NUMBER})::int]"
SCOPE = "AND d.id IN (SELECT unnest(%(documents)s::bigint[]))"
MAX_CANDIDATES = 100_000
MAX_TRIGRAMS = 16  # of one piece that are looked up
MAX_LOOKUPS = 40  # of pieces


class CandidateFile(NamedTuple):
    """A document that may match, of a repository the person may read."""

    repository_id: uuid.UUID
    commit: str
    index_id: int
    document_id: int
    path: str
    language: str
    role: str
    size: int


@dataclass(frozen=True)
class Scope:
    """Where to look. `documents` None stands for all."""

    targets: Sequence[Target]
    user_id: int | None
    languages: Sequence[str] = ()
    excluded_languages: Sequence[str] = ()
    documents: Sequence[int] | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the statement that are of no pattern."""
        values: dict[str, Any] = {
            **target_values(self.targets, self.user_id),
            "languages": list(self.languages),
            "excluded_languages": list(self.excluded_languages),
            "limit": MAX_CANDIDATES,
        }
        if self.documents is not None:
            values["documents"] = list(self.documents)
        return values


def find_candidates(scope: Scope, clauses: Sequence[Texts]) -> list[CandidateFile]:
    """Code first, then tests, then documentation, by path; MAX_CANDIDATES at most."""
    values = scope.values
    sql = CANDIDATES.format(
        readable_indexes=readable_indexes(scope.targets),
        candidates=_documents(clauses, values),
        scope="" if scope.documents is None else SCOPE,
    )
    return [CandidateFile(*row) for row in fetch_all(sql, values)]


def _documents(clauses: Sequence[Texts], values: dict[str, Any]) -> str:
    """The statement of documents that fulfil clauses."""
    if not clauses:
        return ALL
    return documents_by_trigrams(clauses, values)


def documents_by_trigrams(clauses: Sequence[Texts], values: dict[str, Any]) -> str:
    """The statement of documents of an index `a` that fulfil clauses; adds to its `values`."""
    conditions: list[str] = []
    lookups = 0
    for clause in clauses:
        lookups += len(clause)
        if conditions and lookups > MAX_LOOKUPS:
            break
        conditions.append(_condition(clause, values))
    return BY_TRIGRAMS.format(
        format=Index.LOOKUP_FORMAT,
        conditions=" AND ".join(conditions),
        index=INDEX_NUMBER,
        unbounded=UNBOUNDED,
        older=OLDER,
    )


def _condition(clause: Texts, values: dict[str, Any]) -> str:
    """That one of the pieces may stand in the document."""
    pieces = []
    for piece in sorted(clause):
        name = f"piece_{len(values)}"
        values[name] = _spread(trigrams_of_literal(piece))
        pieces.append(f"t.numbers @> ({INDEX_NUMBER} || %({name})s::int[])")
    return f"({' OR '.join(pieces)})"


def _spread(numbers: Sequence[int]) -> list[int]:
    """At most MAX_TRIGRAMS of them, from the whole length of the piece."""
    if len(numbers) <= MAX_TRIGRAMS:
        return list(numbers)
    step = len(numbers) / MAX_TRIGRAMS
    return [numbers[int(step * place)] for place in range(MAX_TRIGRAMS)]
