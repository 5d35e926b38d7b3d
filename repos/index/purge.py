"""Deletes what updates and rebuilds left, once no snapshot holds it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F, Q, QuerySet

from deepwiki.foundation.sql import Row, execute, fetch_all, fetch_column
from repos.index.bulk import bulk_transaction
from repos.index.removal import drop_index
from repos.models import Index, Repository

# Waits for holds that are being written, and lets none begin: one that begins afterwards is of
# the index and the generation that are current now.
LOCK = "LOCK TABLE repos_indexhold IN SHARE MODE"
HOLDS = """
SELECT DISTINCT index_id, generation FROM repos_indexhold
WHERE index_id = ANY(%s) AND expires_at > now()
"""
DELETE_RETIRED = """
DELETE FROM repos_document d
WHERE d.index_id = %s AND d.is_live IS NULL AND NOT EXISTS (
    SELECT FROM unnest(%s::int[]) AS held WHERE d.added_in <= held AND held < d.retired_in
)
"""
WITH_RETIRED = "SELECT DISTINCT index_id FROM repos_document WHERE is_live IS NULL"
IS_BUILDING = Q(state=Index.State.BUILDING)
IS_CURRENT = Q(pk=F("repository__current_index_id"))
# Of a repository: the current state, and former ones that answers still read. Updates in close
# order cannot make it keep more: answers that began before the oldest of these find nothing.
MAX_STATES = 8
DELETE_OLDEST = """
DELETE FROM repos_indexhold h
USING (
    SELECT DISTINCT a.index_id, a.generation
    FROM repos_indexhold a JOIN repos_index i ON i.id = a.index_id
    WHERE i.repository_id = %s
    ORDER BY a.index_id DESC, a.generation DESC OFFSET %s
) AS old
WHERE h.index_id = old.index_id AND h.generation = old.generation
"""
DELETE_EXPIRED = "DELETE FROM repos_indexhold WHERE expires_at <= now()"


def purge(repository: Repository) -> None:
    """Delete retired documents and former indexes of a repository that no snapshot holds."""
    execute(DELETE_OLDEST, [repository.pk, MAX_STATES])
    _drop(_former_indexes().filter(repository=repository))
    if repository.current_index_id is not None:
        _delete_retired(repository.current_index_id)


def purge_all() -> None:
    """The same for all repositories, and forget holds that have expired."""
    _drop(_former_indexes())
    for index_id in fetch_column(WITH_RETIRED):
        _delete_retired(index_id)
    execute(DELETE_EXPIRED)


def held_indexes(index_ids: Collection[int]) -> set[int]:
    """Those of the indexes that a snapshot holds, at any generation."""
    return {index_id for index_id, _ in _holds(index_ids)}


def _former_indexes() -> QuerySet[Index]:
    """Finished indexes in whose place another one is current."""
    replaced = Index.objects.exclude(repository__current_index=None)
    return replaced.exclude(IS_BUILDING | IS_CURRENT)


def _drop(former: QuerySet[Index]) -> None:
    """Delete those of the former indexes that nobody holds."""
    index_ids = set(former.values_list("pk", flat=True))
    for index_id in index_ids - held_indexes(index_ids):
        drop_index(index_id)


def _delete_retired(index_id: int) -> None:
    """Delete the retired documents of an index of generations that nobody holds."""
    generations = [generation for _, generation in _holds([index_id])]
    with bulk_transaction():
        execute(DELETE_RETIRED, [index_id, generations])


@transaction.atomic
def _holds(index_ids: Collection[int]) -> Sequence[Row]:
    """The indexes and generations among those that somebody reads, expired ones left out."""
    execute(LOCK)
    return fetch_all(HOLDS, [list(index_ids)])
