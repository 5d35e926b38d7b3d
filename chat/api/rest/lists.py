"""Lists in parts: a cursor, signed for one person and one list, tells where the next part begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from ninja import Field, Schema
from pydantic import BaseModel

from chat.api.rest.problems import Problem
from chat.core.errors import BadRequest
from chat.services.cursors import make_cursor, read_cursor
from repos.access.permissions import PersonId

MAX_LISTED = 100
DEFAULT_LISTED = 50
MAX_CURSOR_CHARS = 400
CURSOR = r"^[A-Za-z0-9_:=-]*$"
SEPARATOR = " "  # between the parts of a position
T = TypeVar("T")
M = TypeVar("M", bound=Model)
Part = dict[str, Any]  # as Listed


class ListQuery(BaseModel):
    """Which part of a list is wanted."""

    cursor: str = Field(
        "",
        max_length=MAX_CURSOR_CHARS,
        pattern=CURSOR,
        description="`next_cursor` of the part before.",
    )
    limit: int = Field(DEFAULT_LISTED, ge=1, le=MAX_LISTED, description="How many at most.")


class Listed(Schema, Generic[T]):
    """A part of a list; without `next_cursor` it is the last."""

    items: list[T]
    next_cursor: str | None = None


@dataclass(frozen=True)
class ListOf:
    """A list named `name` of one person, in parts of `limit`, from `position` on.

    The position is what `_key` gives for the last row of the part before, empty at first.
    """

    name: str
    reader: PersonId
    position: str
    limit: int

    @classmethod
    def of(cls, name: str, reader: PersonId, query: ListQuery) -> ListOf:
        """Raises Problem for a cursor of another list or person."""
        try:
            position = read_cursor(name, reader.pk, query.cursor)
        except BadRequest as error:
            raise Problem(404, error.reason, error.message) from None
        return cls(name, reader, position, query.limit)

    def by_number(self, rows: QuerySet[M], field: str) -> Part:
        """The part of rows in the order of a unique field."""
        if self.position:
            rows = rows.filter(**{f"{field}__gt": self.position})
        return self._part(rows.order_by(field), lambda row: str(getattr(row, field)))

    def newest_first(self, rows: QuerySet[M], field: str) -> Part:
        """The part of rows whose time in `field` decides, the latest first."""
        if self.position:
            at, _, pk = self.position.partition(SEPARATOR)
            time = datetime.fromisoformat(at)
            rows = rows.filter(Q(**{f"{field}__lt": time}) | Q(**{field: time, "pk__lt": pk}))
        ordered = rows.order_by(f"-{field}", "-pk")
        return self._part(ordered, lambda row: _time_and_key(row, field))

    def of_numbered(self, items: Sequence[T], *, has_more: bool) -> Part:
        """The part of a list that is read by number: `offset` tells where this one began."""
        following = str(self.offset + len(items)) if has_more else ""
        return self._written(list(items), following)

    @property
    def offset(self) -> int:
        """How many items came before."""
        return int(self.position or 0)

    def _part(self, rows: QuerySet[M], key: Callable[[M], str]) -> Part:
        found = list(rows[: self.limit + 1])
        listed = found[: self.limit]
        if len(found) > self.limit:
            return self._written(listed, key(listed[-1]))
        return self._written(listed, "")

    def _written(self, items: list[Any], following: str) -> Part:
        if not following:
            return {"items": items}
        return {"items": items, "next_cursor": make_cursor(self.name, self.reader.pk, following)}


def _time_and_key(row: Model, field: str) -> str:
    return SEPARATOR.join([getattr(row, field).isoformat(), str(row.pk)])
