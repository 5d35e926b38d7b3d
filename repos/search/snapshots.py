"""Snapshots: an index as it stands at one commit, readable while updates go on.

An answer takes one when it begins and reads everything through it. An update meanwhile
retires what it replaces, and a rebuild keeps the former index, until no hold is left on them or
HOLD_SECONDS have passed (`repos.index.purge`). Permission is checked anew by each read.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from deepwiki.foundation.sql import execute, fetch_row, read_sql
from repos.access import readable_repositories
from repos.models import LATEST_GENERATION, Index

TAKE = read_sql(__file__, "take_snapshot.sql")
EXTEND = "UPDATE repos_indexhold SET expires_at = now() + make_interval(secs => %s) WHERE id = %s"
RELEASE = "DELETE FROM repos_indexhold WHERE id = %s"
HOLD_SECONDS = 20 * 60  # longer than any answer


@dataclass(frozen=True)
class IndexSnapshot:
    """The index of a repository at a commit: `generation` counts the updates before.

    It gives no permission: readers take it together with a person.
    """

    hold_id: int
    repository_id: uuid.UUID
    index_id: int
    generation: int
    commit: str


def state_of(index: Index | IndexSnapshot) -> tuple[int, int]:
    """The id of an index, and the generation to read it at."""
    if isinstance(index, IndexSnapshot):
        return index.index_id, index.generation
    return index.pk, LATEST_GENERATION


def take_snapshot(repository_id: uuid.UUID, user_id: int | None) -> IndexSnapshot | None:
    """The current index of a repository that the person may read; None without one.

    To be released when its reader ends; else it is after HOLD_SECONDS.
    """
    statement = TAKE.format(readable=readable_repositories())
    values = {"repository": repository_id, "user": user_id, "seconds": HOLD_SECONDS}
    row = fetch_row(statement, values)
    return IndexSnapshot(row[0], repository_id, *row[1:]) if row else None


def extend_snapshot(snapshot: IndexSnapshot) -> None:
    """Keep a snapshot for HOLD_SECONDS from now, for a reader that takes long."""
    execute(EXTEND, [HOLD_SECONDS, snapshot.hold_id])


def release_snapshot(snapshot: IndexSnapshot) -> None:
    """Let go of what a snapshot keeps. Nothing happens the second time."""
    execute(RELEASE, [snapshot.hold_id])
