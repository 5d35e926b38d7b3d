"""What happens between two statements of a request: somebody else's, at a chosen place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def once_before(start: str, happens: Callable[[], object]) -> Iterator[None]:
    """Call `happens` once, before the first statement that begins with `start`."""
    waiting = [happens]

    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if waiting and sql.startswith(start):
            waiting.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(run):
        yield
    assert not waiting, f"no statement begins with {start}"
