"""Definitions by the beginning of what is typed. Who calls has checked that the index may be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deepwiki.foundation.sql import fetch_all, read_sql
from repos.indexing.symbols import dotted
from repos.models import LATEST_GENERATION

STATEMENT = read_sql(__file__, "name_completion.sql")
QUALIFIER = re.compile(r"::|[.#]")  # between a name and those around it
MAX_TYPED_CHARS = 100
MIN_NAME_CHARS = 2  # fewer are in nearly every name


@dataclass(frozen=True, slots=True)
class CompletedName:
    """A definition in line `start` (1-based) of the file `path`, `scope` is what encloses it."""

    path: str
    name: str
    scope: str
    start: int

    @property
    def qualified_name(self) -> str:
        """The dotted path of the definition."""
        return dotted(self.scope, self.name)


def complete_name(
    index_id: int, typed: str, limit: int, *, at: int = LATEST_GENERATION
) -> list[CompletedName]:
    """Up to `limit` definitions whose name holds what is typed, the likeliest first.

    A dotted text looks for its last part below the others. Looks at every definition of the index.
    """
    *around, name = QUALIFIER.split(typed[:MAX_TYPED_CHARS].lower())
    if len(name) < MIN_NAME_CHARS and not around:
        return []
    values = {"index": index_id, "at": at, "limit": limit}
    rows = fetch_all(STATEMENT, values | {"name": name, "scope": ".".join(around)})
    return [CompletedName(*row) for row in rows]
