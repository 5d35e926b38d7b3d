"""HTTP clients that ask and then read nothing, at a real server."""

import asyncio
import json
import socket

import psutil
import pytest

from chat.models import Message
from chat.tests.test_server import EVENTS, connect, plain, request, until
from chat.tests.test_socket_memory import grown
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.waiting import wait_until_async

pytestmark = [pytest.mark.alone, pytest.mark.integration, pytest.mark.django_db(transaction=True)]
MEGABYTES = 1_000_000
TOKENS = 8_000
ANSWER = "".join(f"t{number:04d} " for number in range(TOKENS))
CLIENTS = 4
MOST = CLIENTS * 3 * MEGABYTES  # an answer being written, beside the little that waits unsent
GIVEN_UP_SECONDS = 45  # ten without anything read are enough; an idle connection has sixty


@pytest.fixture
def server(live, model, repository):
    return live(
        own=True,
        OPENAI_API_KEY="sk-test",
        OPENAI_BASE_URL=model.url,
        DEEPWIKI_REQUESTS_PER_MINUTE="1000",
        DEEPWIKI_RUNS_PER_USER="100",
    )


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


async def unread(server, asked):
    """A connection that sends this and never reads; it holds as little as the system allows."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, ("127.0.0.1", server.port))
    await loop.sock_sendall(connection, asked)
    return connection


def http(token, line, body=b""):
    head = (
        f"{line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        "Accept: text/event-stream\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def held(server, connections):
    """The connections that the server has not ended."""
    ports = {connection.getsockname()[1] for connection in connections}
    known = psutil.Process(server.process.pid).net_connections("tcp")
    return [entry for entry in known if entry.raddr and entry.raddr.port in ports]


def all_are_whole():
    """Whether all answers, the first one and those not read, are stored to the last word."""
    rows = Message.objects.filter(role="assistant", state="complete")
    return [row.content == ANSWER for row in rows] == [True] * (CLIENTS + 1)


async def test_they_cost_little_are_given_up_and_their_answers_are_saved_whole(
    server, token, repository
):
    """Their answers would fit into what the system holds of a connection, so that each asks
    for a stored one again and again, too."""
    async with connect(server, token, subprotocols=[EVENTS]) as page:
        question = request(repository, f"fake?tokens={TOKENS}")
        await page.send(json.dumps({"event": "ask", **question}))
        run = (await until(page, "accepted"))["run"]
        await until(page, "done")
    again = http(token, f"GET /api/runs/{run}/events") * 200
    connections = []

    async def ask_and_wait():
        for number in range(CLIENTS):
            question["messages"] = [{"role": "user", "content": f"discount {number}?"}]
            body = json.dumps(question).encode()
            asked = http(token, "POST /chat/completions/stream?events=1", body)
            connections.append(await unread(server, asked + again))
        await wait_until_async(lambda: in_thread(all_are_whole))
        assert (await plain(server, token, request(repository)))[1] == 1000
        await wait_until_async(lambda: not held(server, connections), GIVEN_UP_SECONDS)

    try:
        assert await grown(server, ask_and_wait()) < MOST
    finally:
        for connection in connections:
            connection.close()
