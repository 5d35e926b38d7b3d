"""What is searched: the current index of a repository, or a snapshot of one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deepwiki.foundation.sql import fetch_all, read_sql
from repos.access import readable_repositories
from repos.models import LATEST_GENERATION
from repos.search.snapshots import IndexSnapshot

Target = uuid.UUID | IndexSnapshot

CURRENT = read_sql(__file__, "current_indexes.sql")
SNAPSHOTS = read_sql(__file__, "snapshot_indexes.sql")
SNAPSHOT_COLUMNS = (
    "%(snapshot_indexes)s::bigint[]",
    "%(snapshot_generations)s::int[]",
    "%(snapshot_commits)s::text[]",
)
# Of one target the planner is to know that it is one, without its parameters.
ONE_SNAPSHOT = "(SELECT {})".format(", ".join(f"({column})[1]" for column in SNAPSHOT_COLUMNS))
ALL_SNAPSHOTS = f"unnest({', '.join(SNAPSHOT_COLUMNS)})"
ONE_REPOSITORY = "(%(repositories)s::uuid[])[1]"
ALL_REPOSITORIES = "ANY(%(repositories)s)"


@dataclass(frozen=True)
class ReadableIndex:
    """An index that a person may read, at a generation. `updated_at` is when it changed last."""

    id: int
    generation: int
    updated_at: datetime
    format: int


def readable_indexes(targets: Sequence[Target]) -> str:
    """A SELECT of the indexes of the targets that the person `%(user)s` may read.

    Its columns are those of `current_indexes.sql`. A snapshot whose hold has expired gives
    nothing once its index has changed.
    """
    snapshots, current = len(snapshots_of(targets)), len(current_of(targets))
    readable = readable_repositories()
    parts = []
    # Each part that is not needed would make the planner expect more indexes.
    if snapshots:
        wanted = ONE_SNAPSHOT if snapshots == 1 else ALL_SNAPSHOTS
        parts.append(SNAPSHOTS.format(readable=readable, wanted=wanted))
    if current or not snapshots:
        wanted = ONE_REPOSITORY if current == 1 else ALL_REPOSITORIES
        parts.append(CURRENT.format(readable=readable, wanted=wanted, latest=LATEST_GENERATION))
    return "UNION ALL\n".join(parts)


def target_values(targets: Sequence[Target], user_id: int | None) -> dict[str, Any]:
    """The parameters of `readable_indexes`."""
    values = {"user": user_id, "repositories": current_of(targets)}
    return values | _snapshot_values(snapshots_of(targets))


def _snapshot_values(snapshots: Sequence[IndexSnapshot]) -> dict[str, Any]:
    return {
        "snapshot_indexes": [snapshot.index_id for snapshot in snapshots],
        "snapshot_generations": [snapshot.generation for snapshot in snapshots],
        "snapshot_commits": [snapshot.commit for snapshot in snapshots],
    }


def current_of(targets: Sequence[Target]) -> list[uuid.UUID]:
    """The repositories among the targets of which there is no snapshot."""
    held = _held(targets)
    return [t for t in targets if isinstance(t, uuid.UUID) and t not in held]


def snapshots_of(targets: Sequence[Target]) -> list[IndexSnapshot]:
    """The snapshots among the targets, one of each repository, the first."""
    snapshots = [target for target in targets if isinstance(target, IndexSnapshot)]
    return list({snapshot.repository_id: snapshot for snapshot in snapshots[::-1]}.values())


def _held(targets: Sequence[Target]) -> set[uuid.UUID]:
    return {snapshot.repository_id for snapshot in snapshots_of(targets)}


def find_readable_indexes(targets: Sequence[Target], user_id: int | None) -> list[ReadableIndex]:
    """The indexes of the targets that a person may read, by id."""
    sql = f"SELECT id, generation, updated_at, format FROM ({readable_indexes(targets)}) i ORDER BY id"  # noqa: S608 - fixed fragments, every value a parameter
    return [ReadableIndex(*row) for row in fetch_all(sql, target_values(targets, user_id))]


def is_readable(snapshot: IndexSnapshot, user_id: int | None) -> bool:
    """May the person read the repository still, and is the snapshot still kept?

    To be asked before each read that takes no person.
    """
    return bool(find_readable_indexes([snapshot], user_id))
