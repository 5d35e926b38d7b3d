"""The numbered events of one run, and following them."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator

from chat.core.events import Delta, Done, Event, Html, Numbered

EVENT_BYTES = 400  # of an event besides its text: objects and references


class EventLog:
    """Events numbered 1, 2, 3 …, in order. One writer, any number of readers.

    A block that is rendered again takes the place of its former state: late readers get
    the last one only. `size` is about how many bytes the log takes.
    """

    def __init__(self, run_id: uuid.UUID) -> None:
        self.run_id = run_id
        self.size = 0
        self._items: list[Numbered | None] = []  # None: rendered again since
        self._blocks: dict[int, int] = {}  # number of a block -> index of its last event
        self._changed = asyncio.Event()
        self._has_ended = False

    def __len__(self) -> int:
        """The number of the last event."""
        return len(self._items)

    @property
    def items(self) -> list[Numbered]:
        """The events that readers get who begin now."""
        return self.between(0, len(self._items))

    @property
    def has_ended(self) -> bool:
        """True once the last event, Done, is there."""
        return self._has_ended

    def between(self, after: int, until: int) -> list[Numbered]:
        """The events numbered above `after`, up to `until`."""
        return [item for item in self._items[after:until] if item is not None]

    def append(self, event: Event) -> None:
        """Clean the event, give it the next number and wake the readers.

        After the last event nothing is appended.
        """
        if self._has_ended:
            return
        event = event.cleaned()
        self._items.append(Numbered(self.run_id, len(self._items) + 1, event))
        self.size += _size(event)
        if isinstance(event, Html):
            self._replace_block(event.block)
        self._has_ended = isinstance(event, Done)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def follow(self, after: int = 0) -> AsyncGenerator[Numbered]:
        """Each event numbered above `after`, once, in order, until Done."""
        position = max(0, after)
        while True:
            changed = self._changed
            while position < len(self._items):
                item = self._items[position]
                position += 1
                if item is not None:
                    yield item
            if self.has_ended:
                return
            await changed.wait()

    def _replace_block(self, block: int) -> None:
        """The last event is a block's new state: forget the former one."""
        former = self._blocks.get(block)
        if former is not None:
            item = self._items[former]
            self._items[former] = None
            self.size -= _size(item.event) if item is not None else 0
        self._blocks[block] = len(self._items) - 1


def _size(event: Event) -> int:
    """About how many bytes an event takes."""
    match event:
        case Delta(text):
            return EVENT_BYTES + len(text)
        case Html(html=html):
            return EVENT_BYTES + len(html)
    return EVENT_BYTES + 2 * len(json.dumps(event.as_json(), default=str))
