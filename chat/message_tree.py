"""The tree of messages in a conversation, and the branch of it that a page shows.

A message follows its parent. Questions with the same parent are versions of each other.
A branch is the path from the first message to one without children.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chat.models import Message


@dataclass(frozen=True)
class Versions:
    """The position of a question among its versions, from 1, and its neighbours."""

    position: int
    count: int
    previous: Message | None
    next: Message | None
    last: Message


def branch(rows: Iterable[Message], chosen: uuid.UUID | None = None) -> list[Message]:
    """The branch that holds `chosen` and goes on to its newest child, in order.

    The branch of the newest message if `chosen` is None or not among `rows`. `rows` are
    all messages of one conversation, ordered by position.
    """
    by_id = {row.pk: row for row in rows}
    if not by_id:
        return []
    if chosen in by_id:
        last = _newest_leaf(by_id, by_id[chosen])
    else:
        last = next(reversed(by_id.values()))
    return ancestors(by_id, last)


def ancestors(by_id: Mapping[uuid.UUID, Message], last: Message) -> list[Message]:
    """The messages from the first to `last`, which is included."""
    path = [last]
    while (parent_id := path[-1].parent_id) is not None and parent_id in by_id:
        path.append(by_id[parent_id])
    return path[::-1]


def versions(rows: Sequence[Message], question: Message) -> Versions:
    """The versions of a question. `rows` as for `branch`."""
    siblings = _siblings(rows, question)
    position = siblings.index(question) + 1
    neighbours = [None, *siblings, None]
    return Versions(
        position,
        len(siblings),
        previous=neighbours[position - 1],
        next=neighbours[position + 1],
        last=siblings[-1],
    )


def _siblings(rows: Sequence[Message], question: Message) -> list[Message]:
    """The rows with the role and the parent of `question`, itself included."""
    key = question.role, question.parent_id
    return [row for row in rows if (row.role, row.parent_id) == key]


def _newest_leaf(by_id: Mapping[uuid.UUID, Message], message: Message) -> Message:
    """The message reached from `message` by following the newest child each time."""
    # Later rows replace earlier ones.
    newest_child = {row.parent_id: row for row in by_id.values()}
    while message.pk in newest_child:
        message = newest_child[message.pk]
    return message
