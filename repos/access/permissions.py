"""The permission rule as SQL, for the statements that are written out.

The rule stands once, in `RepositoryQuerySet.readable_by`; here it is compiled.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from deepwiki.foundation.sql import fetch_row, read_sql
from repos.models import Index, Repository

FIND_READABLE = read_sql(__file__, "find_readable.sql")
# What an answer needs of an index; the other fields are deferred.
INDEX_COLUMNS = (
    "id",
    "repository_id",
    "commit",
    "state",
    "embedders",
    "files",
    "chunks",
    "skipped",
    "updated_at",
)
JSON_COLUMNS = ("embedders", "skipped")
ANY_PERSON = -1
# Whoever has a terminal of this machine: reads what everybody signed in may read.
OPERATOR_ID = 0


@dataclass(frozen=True)
class PersonId:
    """A person by id, None for an anonymous one, as `readable_by` takes it."""

    pk: int | None


@cache
def readable_repositories() -> str:
    """A SELECT of all columns of the repositories that the person `%(user)s` may read.

    For use as a subquery, which PostgreSQL flattens. NULL stands for an anonymous
    person: no comparison with NULL is true, so repositories of public hosts are left.
    """
    rows = Repository.objects.readable_by(PersonId(ANY_PERSON)).order_by()
    sql, parameters = rows.query.sql_with_params()
    return sql % tuple(map(_placeholder, parameters))


def find_readable(
    user_id: int | None, url: str, revision: str, *, own: bool = False
) -> Repository | None:
    """The repository at an address that a person may read, or None.

    Their own private one comes first; with `own` no other is returned. Written out
    because it runs before every answer.
    """
    values = {"user": user_id, "url": url, "revision": revision, "own": own}
    row = fetch_row(_statement(), values)
    return _repository(row) if row is not None else None


def _placeholder(parameter: object) -> str:
    """A compiled parameter as SQL: the person, or a number of Django's (SELECT 1)."""
    if parameter == ANY_PERSON:
        return "%(user)s"
    if isinstance(parameter, int):
        return str(int(parameter))
    raise ValueError("the permission rule has a parameter besides the person's id")


@cache
def _repository_columns() -> list[str]:
    """The columns of `readable_repositories`, in order."""
    return [field.attname for field in Repository._meta.concrete_fields]


@cache
def _statement() -> str:
    index_columns = ", ".join(f"i.{name}" for name in INDEX_COLUMNS)
    return FIND_READABLE.format(index_columns=index_columns, readable=readable_repositories())


def _repository(row: Sequence[Any]) -> Repository:
    """The row's repository, with its current index."""
    columns = _repository_columns()
    repository = Repository.from_db(connection.alias, columns, row[: len(columns)])
    if repository.current_index_id is not None:
        repository.current_index = _index(row[len(columns) :])
    return repository


def _index(row: Sequence[Any]) -> Index:
    values = dict(zip(INDEX_COLUMNS, row, strict=True))
    values |= {name: json.loads(values[name]) for name in JSON_COLUMNS}
    return Index.from_db(connection.alias, list(values), list(values.values()))
