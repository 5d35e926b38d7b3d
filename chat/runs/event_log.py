"""The numbered events of one run, and following them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator

from chat.core.events import Done, Event, Numbered


class EventLog:
    """Events numbered 1, 2, 3 …, in order. One writer, any number of readers."""

    def __init__(self, run_id: uuid.UUID) -> None:
        self.run_id = run_id
        self.items: list[Numbered] = []
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self.items)

    @property
    def has_ended(self) -> bool:
        """True once the last event, Done, is there."""
        return bool(self.items) and isinstance(self.items[-1].event, Done)

    def append(self, event: Event) -> None:
        """Clean the event, give it the next number and wake the readers."""
        self.append_numbered(Numbered(self.run_id, len(self.items) + 1, event.cleaned()))

    def append_numbered(self, item: Numbered) -> None:
        """Append an event that has its number already, and wake the readers."""
        self.items.append(item)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def follow(self, after: int = 0) -> AsyncGenerator[Numbered]:
        """Each event numbered above `after`, once, in order, until Done."""
        position = max(0, after)
        while True:
            changed = self._changed
            while position < len(self.items):
                position += 1
                yield self.items[position - 1]
            if self.has_ended:
                return
            await changed.wait()
