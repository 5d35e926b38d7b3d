"""One connection cannot make the server hold more than a few megabytes, whatever it sends.

Measured is the peak of the web process's resident memory (VmHWM, which the kernel keeps)
while one client floods, less what was resident before: while its question is being answered;
or, where it asks none, less what one frame of the same kind costs.
"""

import asyncio
import contextlib
import json
import zlib
from pathlib import Path

import pytest

from chat.tests.test_server import EVENTS, connect, plain, request, until
from deepwiki.accounts.models import ApiToken
from deepwiki.testing.waiting import wait_until_async

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]
MEGABYTES = 1_000_000
BEYOND_A_REQUEST = 8 * MEGABYTES
LARGEST = 3_990_000  # bytes of a message, just below what is refused by its length
FLOOD_BYTES = 20 * MEGABYTES
UNREAD_SECONDS = 0.75  # after which the server is taken to read no further
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate\r\n"


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
    async def connect(cls, server, token, protocol=None, extensions=""):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=65_536)
        offered = f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else ""
        head = (
            "GET /ws/chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nAuthorization: Bearer {token}\r\n{offered}{extensions}"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
        )
        writer.write(head.encode())
        await reader.readuntil(b"\r\n\r\n")
        return cls(reader, writer)

    async def flood(self, sent, count=0):
        """Send again and again, FLOOD_BYTES where no count is given, as long as it is read."""
        with contextlib.suppress(ConnectionError, TimeoutError):
            for _ in range(count or -(-FLOOD_BYTES // len(sent))):
                self.writer.write(sent)
                await asyncio.wait_for(self.writer.drain(), UNREAD_SECONDS)

    def abort(self):
        self.writer.transport.abort()


def frame(payload, first=0x81):
    """A masked frame (the mask is zero)."""
    size = len(payload)
    if size < 126:
        head = bytes([first, 0x80 | size])
    elif size < 65_536:
        head = bytes([first, 0x80 | 126]) + size.to_bytes(2)
    else:
        head = bytes([first, 0x80 | 127]) + size.to_bytes(8)
    return head + bytes(4) + payload


def message(**fields):
    return frame(json.dumps(fields).encode())


def deflated(payload):
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(payload) + packer.flush(zlib.Z_SYNC_FLUSH)
    return frame(packed.removesuffix(b"\x00\x00\xff\xff"), first=0xC1)


def resident(server, key="VmRSS"):
    """Bytes of the server's memory that are resident now, or were at most ("VmHWM")."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1_024 for line in lines if line.startswith(key))


async def grown(server, work):
    """By how many bytes the server's memory grew at most while `work` ran."""
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")  # VmHWM starts anew
    before = resident(server)
    await work
    return resident(server, "VmHWM") - before


def text_of(size, start="", unit="x"):
    return f'"{start}{unit * size}"'.encode()


# What a client sends again and again.
FLOODS = {
    "pings of the protocol": frame(b"x" * 120, first=0x89) * 500,
    "pings": message(event="ping") * 2_000,
    "unknown events": message(event="nonsense") * 2_000,
    "stops": message(event="stop", run="00000000-0000-0000-0000-000000000000") * 1_000,
    "frames of the largest size": frame(text_of(LARGEST)),
    "one wide character in each": frame(text_of(LARGEST, "\U0001f600")),
    "wide characters alone": frame(text_of(LARGEST // 4, unit="\U0001f600")),
    "binary frames": frame(b"x" * LARGEST, first=0x82),
    "lists in a list": frame(b"[" + b"[]," * (LARGEST // 3) + b"[]]"),
    "frames above the limit": frame(text_of(4_600_000)),
    "inflated frames": deflated(text_of(LARGEST)) * 20,
    "pieces without an end": frame(b"x" * 60_000, first=0x01) + frame(b"x" * 60_000, first=0) * 90,
    "pieces of one byte": frame(b"x", first=0x01) + frame(b"xy", first=0) * 500_000,
    "empty pieces": frame(b"x", first=0x01) + frame(b"", first=0) * 500_000,
}

READ = ["frames of the largest size", "one wide character in each", "wide characters alone"]


@pytest.mark.parametrize("protocol", [EVENTS, None], ids=["events", "plain"])
async def test_a_client_floods_while_its_question_is_answered(
    server, token, repository, model, protocol
):
    await plain(server, token, request(repository))
    found = {}
    for kind, sent in FLOODS.items():
        extensions = DEFLATE if kind == "inflated frames" else ""
        client = await Client.connect(server, token, protocol, extensions)
        asked = len(model.requests)
        question = request(repository, "fake?tokens=5&hold=1")
        client.writer.write(message(event="ask", **question))
        await wait_until_async(lambda n=asked: len(model.requests) > n)
        found[kind] = await grown(server, client.flood(sent))
        client.abort()
        model.release()
    assert max(found.values()) < BEYOND_A_REQUEST, found
    assert (await plain(server, token, request(repository)))[1] == 1000


@pytest.mark.parametrize("kind", READ)
async def test_a_client_floods_and_asks_nothing(server, token, repository, kind):
    await plain(server, token, request(repository))

    async def flood(count):
        client = await Client.connect(server, token, EVENTS)
        await client.flood(FLOODS[kind], count)
        await client.flood(message(event="ping"), 1)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await client.reader.readuntil(b'"pong"')
        client.abort()

    one = await grown(server, flood(1))
    assert await grown(server, flood(40)) < one + BEYOND_A_REQUEST
    assert (await plain(server, token, request(repository)))[1] == 1000


async def test_a_client_attaches_again_and_again_and_reads_nothing(server, token, repository):
    async with connect(server, token, subprotocols=[EVENTS]) as connection:
        question = {"event": "ask", **request(repository, "fake?tokens=2000")}
        await connection.send(json.dumps(question))
        run = (await until(connection, "accepted"))["run"]
        await until(connection, "done")
    client = await Client.connect(server, token, EVENTS)
    attach = message(event="attach", run=run, after=0) * 100
    assert await grown(server, client.flood(attach, 200)) < BEYOND_A_REQUEST
    client.abort()
    assert (await plain(server, token, request(repository)))[1] == 1000
