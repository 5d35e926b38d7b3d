"""Bounds on what a connection holds in memory, which daphne lacks in both directions.

Outgoing: the application waits before it sends while its client has not read. Incoming:
messages that the application has not taken yet are counted.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

UNSENT_BYTES = 65_536  # of one connection; a message is sent whole, however long
UNREAD_SECONDS = 10.0  # a client that reads nothing for so long is given up
UNTAKEN_BYTES = 65_536
MESSAGE_OVERHEAD = 512  # bytes that a message takes besides its content, however short
POLL_SECONDS = 0.01


class NotRead(TimeoutError):
    """The client has read nothing for UNREAD_SECONDS."""


def unsent_bytes(transport: Any) -> int:
    """What a Twisted transport holds because the client has not read it; 0 for None."""
    if transport is None or not hasattr(transport, "dataBuffer"):
        return 0
    waiting: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
    return waiting


async def wait_until_read(transport: Any) -> None:
    """Return once less than UNSENT_BYTES wait to be sent.

    Raises NotRead when nothing of it is read for UNREAD_SECONDS.
    """
    unsent = least = unsent_bytes(transport)
    deadline = time.monotonic() + UNREAD_SECONDS
    while unsent > UNSENT_BYTES and transport.connected:
        if unsent < least:
            least = unsent
            deadline = time.monotonic() + UNREAD_SECONDS
        elif time.monotonic() > deadline:
            raise NotRead
        await asyncio.sleep(POLL_SECONDS)
        unsent = unsent_bytes(transport)


class InboundQueue(asyncio.Queue[dict[str, Any]]):
    """The messages for an application that it has not taken yet.

    `waiting_bytes` is told by the application: what it has taken and lets wait.
    """

    def __init__(self) -> None:
        super().__init__()
        self._bytes = 0
        self.waiting_bytes = 0

    @property
    def is_crowded(self) -> bool:
        """Whether no more should be read from the client for now."""
        return self._bytes > UNTAKEN_BYTES

    def _put(self, item: dict[str, Any]) -> None:
        self._bytes += _size(item)
        super()._put(item)

    def _get(self) -> dict[str, Any]:
        item: dict[str, Any] = super()._get()
        self._bytes -= _size(item)
        return item


def _size(message: dict[str, Any]) -> int:
    """About how many bytes an ASGI message takes."""
    content = message.get("utf8") or message.get("bytes") or message.get("body") or b""
    return len(content) + MESSAGE_OVERHEAD
