"""One connection cannot make the server hold more than a few megabytes, whatever it sends."""

import asyncio
import contextlib
import json

import psutil
import pytest

from chat.tests.test_server import EVENTS, connect, plain, request, until
from deepwiki.accounts.models import ApiToken

pytestmark = [pytest.mark.django_db(transaction=True)]
MEGABYTES = 1_000_000
# One connection may cost 8 MB beyond its request; the rest is what the allocator keeps.
MOST = 40 * MEGABYTES


@pytest.fixture
def server(live, model, repository):
    return live(
        own=True,
        OPENAI_API_KEY="sk-test",
        OPENAI_BASE_URL=model.url,
        DEEPWIKI_REQUESTS_PER_MINUTE="1000",
    )


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


class Client:
    """A WebSocket client over a bare connection, which reads only when it is told to."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, server, token, protocol=None):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=4_096)
        offered = f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else ""
        head = (
            "GET /ws/chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nAuthorization: Bearer {token}\r\n{offered}"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
        )
        writer.write(head.encode())
        await reader.readuntil(b"\r\n\r\n")
        return cls(reader, writer)

    async def flood(self, frame, count, seconds=20):
        """Send a frame again and again until the server reads no further, or closes."""
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(seconds):
                for _ in range(count):
                    self.writer.write(frame)
                    await self.writer.drain()

    def abort(self):
        self.writer.transport.abort()


def frame(payload, opcode=1):
    """A masked frame (the mask is zero)."""
    size = len(payload)
    if size < 126:
        head = bytes([0x80 | opcode, 0x80 | size])
    elif size < 65_536:
        head = bytes([0x80 | opcode, 0x80 | 126]) + size.to_bytes(2)
    else:
        head = bytes([0x80 | opcode, 0x80 | 127]) + size.to_bytes(8)
    return head + bytes(4) + payload


def message(**fields):
    return frame(json.dumps(fields).encode())


async def grown(server, work):
    """How many bytes the server's memory has grown by at most while `work` ran."""
    process = psutil.Process(server.process.pid)
    before = most = process.memory_info().rss
    task = asyncio.create_task(work)
    while not task.done():
        await asyncio.wait({task}, timeout=0.1)
        most = max(most, process.memory_info().rss)
    await task
    return most - before


async def asked(server, token, repository, tokens=2_000):
    """The id of a finished answer."""
    async with connect(server, token, subprotocols=[EVENTS]) as connection:
        await connection.send(
            json.dumps({"event": "ask", **request(repository, f"fake?tokens={tokens}")})
        )
        run = (await until(connection, "accepted"))["run"]
        await until(connection, "done")
    return run


async def test_a_client_that_attaches_again_and_again_and_reads_nothing(server, token, repository):
    run = await asked(server, token, repository)

    async def work():
        client = await Client.connect(server, token, EVENTS)
        await client.flood(message(event="attach", run=run, after=0) * 100, 200)
        client.abort()

    assert await grown(server, work()) < MOST
    assert (await plain(server, token, request(repository)))[1] == 1000


FRAMES = {
    "pings of the protocol": frame(b"x" * 120, opcode=9),
    "pings": message(event="ping"),
    "unknown events": message(event="nonsense"),
    "stops": message(event="stop", run="00000000-0000-0000-0000-000000000000"),
    "large messages": frame(b'"' + b"x" * 3_900_000 + b'"'),
    "pieces": bytes([0x01, 0x80 | 126]) + (60_000).to_bytes(2) + bytes(4) + b"x" * 60_000,
}


@pytest.mark.parametrize("protocol", [EVENTS, None])
async def test_a_client_that_sends_much_and_reads_nothing(server, token, repository, protocol):
    await plain(server, token, request(repository))

    async def work(sent):
        client = await Client.connect(server, token, protocol)
        sent *= max(1, 60_000 // len(sent))
        await client.flood(sent, 300 * MEGABYTES // len(sent), seconds=5)
        client.abort()

    growth = {kind: await grown(server, work(sent)) for kind, sent in FRAMES.items()}
    assert max(growth.values()) < MOST, growth
    assert (await plain(server, token, request(repository)))[1] == 1000
