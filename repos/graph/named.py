"""Definitions by their names or parts of them. Who calls has checked that the index may be read."""

from __future__ import annotations

from dataclasses import dataclass

from deepwiki.foundation.sql import fetch_all, read_sql
from repos.graph.name_keys import name_key
from repos.indexing.symbols import dotted
from repos.models import LATEST_GENERATION

EXACT = read_sql(__file__, "exact_definitions.sql")
HOLDING = read_sql(__file__, "named_definitions.sql")
MAX_NAMED = 20_000  # of one search


@dataclass(frozen=True, slots=True)
class NamedDefinition:
    """Lines `start`..`end` (1-based, inclusive) of a document that define a name."""

    document_id: int
    name: str
    scope: str
    start: int
    end: int
    signature: str = ""

    @property
    def qualified_name(self) -> str:
        """The dotted path of the definition."""
        return dotted(self.scope, self.name)


def definitions_named(
    index_id: int, name: str, *, at: int = LATEST_GENERATION
) -> list[NamedDefinition]:
    """Those of exactly this name, MAX_NAMED at most."""
    return _read(EXACT, {"index": index_id, "at": at, "key": name_key(index_id, name)})


def definitions_holding(
    index_id: int, part: str, *, at: int = LATEST_GENERATION
) -> list[NamedDefinition]:
    """Those whose name holds a text, whatever the case of its letters; MAX_NAMED at most.

    Looks at every definition of the index.
    """
    return _read(HOLDING, {"index": index_id, "at": at, "part": part.lower()})


def _read(statement: str, values: dict[str, object]) -> list[NamedDefinition]:
    rows = fetch_all(statement, values | {"limit": MAX_NAMED})
    return [NamedDefinition(*row) for row in rows]
