"""What waits on a connection is bounded: senders wait for readers, readers for the application."""

import asyncio

import pytest

from deepwiki.runtime import backpressure
from deepwiki.runtime.backpressure import InboundQueue, NotRead, unsent_bytes, wait_until_read


class Transport:
    """What a Twisted transport tells of its buffer; the client reads when the test says so."""

    connected = True
    offset = 10
    dataBuffer = b"x" * 110
    _tempDataLen = 0

    def holds(self, count):
        self._tempDataLen = count


@pytest.fixture
def transport(monkeypatch):
    monkeypatch.setattr(backpressure, "UNREAD_SECONDS", 0.05)
    return Transport()


async def test_a_sender_waits_until_its_client_has_read(transport):
    assert unsent_bytes(transport) == 100
    await wait_until_read(transport)
    transport.holds(1_000_000)
    sending = asyncio.create_task(wait_until_read(transport))
    for left in range(900_000, 0, -100_000):
        await asyncio.wait({sending}, timeout=0.02)
        assert not sending.done()
        transport.holds(left)
    transport.holds(0)
    await sending


async def test_a_client_that_reads_nothing_is_given_up(transport):
    transport.holds(1_000_000)
    with pytest.raises(NotRead):
        await wait_until_read(transport)


async def test_nobody_waits_for_a_connection_that_is_gone(transport):
    transport.holds(1_000_000)
    transport.connected = False
    await wait_until_read(transport)
    await wait_until_read(None)


async def test_what_the_application_has_not_taken_is_counted():
    queue = InboundQueue()
    for _ in range(100):
        queue.put_nowait({"type": "websocket.receive", "utf8": b"x" * 1_000})
    assert queue.is_crowded
    for _ in range(100):
        await queue.get()
    assert not queue.is_crowded
    for _ in range(200):
        queue.put_nowait({"type": "websocket.receive", "utf8": b""})
    assert queue.is_crowded
