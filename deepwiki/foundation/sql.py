"""Written-out SQL: statements in files, and their results on the default database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

Row = tuple[Any, ...]
Values = Sequence[Any] | Mapping[str, Any]


def read_sql(module_file: str, name: str) -> str:
    """The text of a file beside a module, whose `__file__` is given."""
    return (Path(module_file).parent / name).read_text("utf-8")


def execute(statement: str, values: Values = ()) -> None:
    """Execute a statement without a result."""
    with _executed(statement, values):
        pass


def fetch_all(statement: str, values: Values = ()) -> list[Row]:
    """The rows of a statement."""
    with _executed(statement, values) as cursor:
        rows: list[Row] = cursor.fetchall()
    return rows


def fetch_column(statement: str, values: Values = ()) -> list[Any]:
    """The first column of each row of a statement."""
    return [row[0] for row in fetch_all(statement, values)]


def fetch_row(statement: str, values: Values = ()) -> Row | None:
    """The first row of a statement, None without one."""
    with _executed(statement, values) as cursor:
        row: Row | None = cursor.fetchone()
    return row


def fetch_value(statement: str, values: Values = ()) -> Any:
    """The first column of the first row, None without one."""
    row = fetch_row(statement, values)
    return row[0] if row else None


def copy_rows(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows by COPY: some ten times as fast as INSERT."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


@contextmanager
def _executed(statement: str, values: Values) -> Iterator[CursorWrapper]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        yield cursor
