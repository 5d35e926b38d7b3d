"""Querysets that are compiled to SQL once a process, and executed with other values each time.

Django compiles a queryset at each use. For those of a page that is read often that takes
several times as long as PostgreSQL's answer.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

Row = TypeVar("Row", bound=Model)


class CompiledQuery(Generic[Row]):
    """The rows of the queryset that `build` makes.

    `build` is called once, with `samples` as its arguments. Each sample must be a value that
    nothing else in the statement has: wherever the compiled statement has it as a parameter,
    the value of that name is put in its place.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]], **samples: object) -> None:
        self._build = build
        self._samples = samples

    def rows(self, **values: object) -> list[Row]:
        """The rows for these values, as the queryset gives them. One query."""
        compiled = self._compiled
        connection = connections[compiled.alias]
        compiler = copy(compiled.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_named: (compiled.sql, self._parameters(values))
        query = SimpleNamespace(get_compiler=lambda **_named: compiler)
        source = SimpleNamespace(db=connection.alias, query=query, _known_related_objects={})
        return list(ModelIterable(source))  # type: ignore[arg-type]

    def first(self, **values: object) -> Row | None:
        """The first of them, None without one."""
        return next(iter(self.rows(**values)), None)

    @cached_property
    def _compiled(self) -> _Compiled:
        queryset = self._build(**self._samples)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        missing = [name for name, sample in self._samples.items() if sample not in parameters]
        if missing:
            raise ValueError(f"the statement has no parameter for {', '.join(missing)}")
        return _Compiled(queryset.db, compiler, sql, parameters)

    def _parameters(self, values: dict[str, object]) -> tuple[object, ...]:
        """The parameters with the values in place of the samples."""
        by_sample = {sample: values[name] for name, sample in self._samples.items()}
        return tuple(by_sample.get(each, each) for each in self._compiled.parameters)


@dataclass(frozen=True)
class _Compiled:
    """A statement, and the compiler that knows what its columns are."""

    alias: str
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]
