"""Conversations that part: a question asked in other words stands beside the first, each with what followed it.

A message follows its parent. Questions with the same parent are versions of each other; the branch shown is the one
that was spoken in last, or the one that holds a chosen message.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chat.models import Message


@dataclass(frozen=True)
class Versions:
    """Which of the versions of a question this is, from 1, and the neighbours one can go to."""

    position: int
    count: int
    before: Message | None
    after: Message | None
    last: Message


def branch(rows: Iterable[Message], chosen: uuid.UUID | None = None) -> list[Message]:
    """The messages from the first to the newest that follows `chosen`; without it (or one that is not there) to the newest.

    `rows` are all messages of one conversation in their order.
    """
    by_id = {row.pk: row for row in rows}
    if not by_id:
        return []
    if chosen is None or chosen not in by_id:
        return ancestors(by_id, next(reversed(by_id.values())))
    last = by_id[chosen]
    newest_child = {
        row.parent_id: row for row in by_id.values()
    }  # a later one takes the place of an earlier one
    while last.pk in newest_child:
        last = newest_child[last.pk]
    return ancestors(by_id, last)


def ancestors(by_id: Mapping[uuid.UUID, Message], last: Message) -> list[Message]:
    """The messages from the first to `last`."""
    path = [last]
    while (parent_id := path[-1].parent_id) is not None and parent_id in by_id:
        path.append(by_id[parent_id])
    return path[::-1]


def versions(rows: Sequence[Message], question: Message) -> Versions:
    """Where a question stands among its versions. `rows` as for `branch`."""
    same = [
        row for row in rows if row.role == question.role and row.parent_id == question.parent_id
    ]
    at = next(number for number, row in enumerate(same) if row.pk == question.pk)
    before = same[at - 1] if at else None
    after = same[at + 1] if at + 1 < len(same) else None
    return Versions(at + 1, len(same), before, after, same[-1])
