"""The real server, with real sockets, while things break."""

import asyncio
import contextlib
import json
import os
import signal
import time
import uuid

import pytest
import websockets

from chat.models import Message
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.waiting import wait_until_async

pytestmark = [pytest.mark.django_db(transaction=True)]
EVENTS = "deepwiki.events.v1"


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def kind(request):
    """Of the module, so that all tests of one server come before those of the other."""
    return request.param


@pytest.fixture
def server(kind, live, model, repository):
    return live(kind=kind, OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=model.url)


@pytest.fixture
def daphne(live, model, repository):
    """A server that may be killed."""
    return live(
        own=True, OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=model.url, DEEPWIKI_DRAIN_SECONDS="1"
    )


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


def connect(server, token, **kwargs):
    headers = {"Authorization": f"Bearer {token}"}
    return websockets.connect(
        f"ws://localhost:{server.port}/ws/chat",
        additional_headers=headers,
        max_size=None,
        open_timeout=15,
        **kwargs,
    )


def request(repository, model="fake?tokens=5", **extra):
    return {
        "repo_url": repository.url,
        "type": "local",
        "provider": "openai",
        "model": model,
        "messages": [{"role": "user", "content": "discount?"}],
        **extra,
    }


async def plain(server, token, asked):
    async with connect(server, token) as connection:
        with contextlib.suppress(
            websockets.ConnectionClosed
        ):  # refused before it was asked: the words still come
            await connection.send(asked if isinstance(asked, str | bytes) else json.dumps(asked))
        text = ""
        try:
            while True:
                text += await connection.recv()
        except websockets.ConnectionClosed as closed:
            return text, closed.rcvd.code if closed.rcvd else 1006


async def close_code(connection):
    """The code of the server's close frame, which comes before the end of the connection, at times long before."""
    await wait_until_async(lambda: connection.protocol.close_rcvd or connection.close_code)
    return (
        connection.protocol.close_rcvd.code
        if connection.protocol.close_rcvd
        else connection.close_code
    )


async def until(connection, name):
    while True:
        event = json.loads(await asyncio.wait_for(connection.recv(), 20))
        if event["event"] == name:
            return event


async def row_state(wanted):
    """The newest answer's row, once it is in this state."""
    answers = Message.objects.filter(role="assistant").order_by("-created_at")

    async def row_in_that_state():
        row = await in_thread(answers.first)
        return row if row is not None and row.state == wanted else None

    try:
        return await wait_until_async(row_in_that_state)
    except AssertionError:
        states = await in_thread(lambda: list(answers.values_list("state", flat=True)))
        raise AssertionError(f"the answers are {states}, none is {wanted}") from None


async def test_an_answer_comes_whole_and_the_close_says_so(server, token, repository):
    assert await plain(server, token, request(repository, "fake?tokens=2000")) == (
        "".join(f"t{n:04d} " for n in range(2000)),
        1000,
    )


async def test_binary_and_huge_messages_are_refused_in_words_and_others_are_served(
    server, token, repository
):
    text, code = await plain(server, token, b"\x00\x01")
    assert (text, code) == ("Error: Send text, not binary data.", 4400)
    text, code = await plain(server, token, "x" * 4_000_001)
    assert code == 1009
    assert "too large" in text
    async with connect(server, token, close_timeout=1) as connection:
        with contextlib.suppress(websockets.ConnectionClosed):
            await connection.send("x" * 10_000_000)
        assert await close_code(connection) in (1009, 1006)
    assert (await plain(server, token, request(repository)))[1] == 1000


async def test_an_unknown_path_is_no_server_error(server, token):
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with websockets.connect(f"ws://localhost:{server.port}/ws/other", open_timeout=10):
            pass
    assert refused.value.response.status_code < 500


async def test_a_plain_client_that_leaves_closes_the_upstream(server, token, repository, model):
    async with connect(server, token) as connection:
        await connection.send(json.dumps(request(repository, "fake?tokens=5000&delay_ms=20")))
        await connection.recv()
    await model.wait_for_async(lambda: model.closed)
    assert model.closed == 1
    assert (await row_state("stopped")).content.startswith("t0000")


async def test_the_same_over_http(server, token, repository, model):
    body = json.dumps(request(repository, "fake?tokens=5000&delay_ms=20")).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = f"POST /chat/completions/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    while b"t0001" not in await asyncio.wait_for(reader.read(1_000), 10):
        pass
    writer.transport.abort()
    await model.wait_for_async(lambda: model.closed)
    assert (await row_state("stopped")).content.startswith("t0000")


async def test_an_events_client_that_leaves_finds_the_whole_answer(server, token, repository):
    async with connect(server, token, subprotocols=[EVENTS]) as connection:
        await connection.send(
            json.dumps({"event": "ask", **request(repository, "fake?tokens=60&delay_ms=10")})
        )
        accepted = await until(connection, "accepted")
        seen = await until(connection, "delta")
    async with connect(server, token, subprotocols=[EVENTS]) as connection:
        await connection.send(
            json.dumps({"event": "attach", "run": accepted["run"], "after": seen["seq"]})
        )
        text, numbers = seen["text"], []
        while True:
            event = json.loads(await asyncio.wait_for(connection.recv(), 20))
            if "seq" in event:
                numbers.append(event["seq"])
            text += event.get("text", "") if event["event"] == "delta" else ""
            if event["event"] == "done":
                break
    assert text == "".join(f"t{n:04d} " for n in range(60))
    assert numbers == list(range(seen["seq"] + 1, seen["seq"] + 1 + len(numbers)))
    assert (await row_state("complete")).content == text


async def test_another_process_can_be_attached_to(live, token, repository, model):
    first, second = (live(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=model.url) for _ in range(2))
    async with (
        connect(first, token, subprotocols=[EVENTS]) as asking,
        connect(second, token, subprotocols=[EVENTS]) as other,
    ):
        await asking.send(
            json.dumps({"event": "ask", **request(repository, "fake?tokens=80&delay_ms=20")})
        )
        accepted = await until(asking, "accepted")
        await other.send(json.dumps({"event": "attach", "run": accepted["run"], "after": 0}))
        text, numbers = "", []
        while True:
            event = json.loads(await asyncio.wait_for(other.recv(), 20))
            numbers += [event["seq"]] if "seq" in event else []
            text += event["text"] if event["event"] == "delta" else ""
            if event["event"] == "done":
                break
        await until(asking, "done")
    assert text == "".join(f"t{n:04d} " for n in range(80))
    assert numbers == list(range(1, len(numbers) + 1))


async def test_somebody_elses_run_is_not_there(server, token, repository, people):
    theirs = (await in_thread(ApiToken.issue, people["bob"]))[1]
    async with (
        connect(server, token, subprotocols=[EVENTS]) as mine,
        connect(server, theirs, subprotocols=[EVENTS]) as other,
    ):
        await mine.send(
            json.dumps({"event": "ask", **request(repository, "fake?tokens=50&delay_ms=20")})
        )
        accepted = await until(mine, "accepted")
        for run in (accepted["run"], str(uuid.uuid4())):
            await other.send(json.dumps({"event": "attach", "run": run, "after": 0}))
            assert (await until(other, "error"))[
                "message"
            ] == "There is no such answer, or it is not yours."
        await other.send(json.dumps({"event": "stop", "run": accepted["run"]}))
        assert (await until(mine, "done"))["state"] == "complete"


async def test_stop_ends_the_upstream_and_keeps_the_text(server, token, repository, model):
    async with connect(server, token, subprotocols=[EVENTS]) as connection:
        await connection.send(
            json.dumps({"event": "ask", **request(repository, "fake?tokens=5000&delay_ms=10")})
        )
        accepted = await until(connection, "accepted")
        await until(connection, "delta")
        await connection.send(json.dumps({"event": "stop", "run": accepted["run"]}))
        assert (await until(connection, "done"))["state"] == "stopped"
    assert model.closed == 1
    assert (await row_state("stopped")).content.startswith("t0000")


async def test_sigterm_saves_what_there_is_and_ends_with_zero(daphne, token, repository):
    async with connect(daphne, token, subprotocols=[EVENTS]) as connection:
        await connection.send(
            json.dumps({"event": "ask", **request(repository, "fake?tokens=5000&delay_ms=10")})
        )
        await until(connection, "delta")
        daphne.process.send_signal(signal.SIGTERM)
        assert (await until(connection, "done"))["state"] == "interrupted"
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await asyncio.wait_for(connection.recv(), 10)
        assert closed.value.rcvd.code in (1001, 1012)
    assert await in_thread(daphne.process.wait, 35) == 0
    assert (await row_state("interrupted")).content.startswith("t0000")


async def test_a_killed_process_leaves_an_honest_part(daphne, token, repository):
    async with connect(daphne, token, subprotocols=[EVENTS]) as connection:
        await connection.send(
            json.dumps({"event": "ask", **request(repository, "fake?tokens=5000&delay_ms=10")})
        )
        for _ in range(60):
            await until(connection, "delta")
        os.kill(daphne.process.pid, signal.SIGKILL)
    await in_thread(daphne.process.wait)
    row = await row_state("running")
    await in_thread(Message.objects.filter(pk=row.pk).update, lease_at="2000-01-01T00:00Z")
    assert await in_thread(Message.objects.mark_interrupted) == 1
    assert (await row_state("interrupted")).content.startswith("t0000")


async def test_idle_and_silent_sockets_are_closed(live, token, repository):
    server = live(DEEPWIKI_SOCKET_FIRST_MESSAGE_SECONDS="1", DEEPWIKI_SOCKET_IDLE_SECONDS="1")
    for protocols in (None, [EVENTS]):
        async with connect(server, token, subprotocols=protocols) as connection:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                while True:
                    await asyncio.wait_for(connection.recv(), 10)
            assert closed.value.rcvd.code == 4408


async def test_a_revoked_token_ends_the_socket_at_the_next_question(server, token, repository):
    async with connect(server, token, subprotocols=[EVENTS]) as connection:
        await until(connection, "ready")
        await in_thread(ApiToken.objects.update, revoked_at="2026-01-01T00:00Z")
        await connection.send(json.dumps({"event": "ask", **request(repository)}))
        assert (await until(connection, "error"))["code"] == "not_signed_in"
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await asyncio.wait_for(connection.recv(), 10)
        assert closed.value.rcvd.code == 4401


async def test_half_handshakes_are_dropped_in_time_and_others_served(live, token, repository):
    server = live(DEEPWIKI_HEADER_SECONDS="2")
    halves = [await asyncio.open_connection("localhost", server.port) for _ in range(50)]

    async def drip(writer):
        """Headers without an end, a whole line every now and then: each line starts the server's own clock anew."""
        writer.write(b"GET /ws/chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n")
        with contextlib.suppress(ConnectionError):
            for number in range(200):
                await asyncio.sleep(0.2)
                writer.write(f"X-{number}: x\r\n".encode())
                await writer.drain()
            raise AssertionError("all lines were taken")

    dripping = [asyncio.create_task(drip(writer)) for _, writer in halves]
    async with connect(server, token) as other:
        await other.send(json.dumps(request(repository)))
        assert await other.recv()
    for reader, _ in halves:
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    for task in dripping:
        task.cancel()
    ends = await asyncio.gather(*dripping, return_exceptions=True)
    assert not any(isinstance(end, AssertionError) for end in ends)
    for _, writer in halves:
        writer.close()


async def test_a_message_in_pieces_without_an_end_is_closed_in_time(live, token, repository):
    server = live(DEEPWIKI_SOCKET_FIRST_MESSAGE_SECONDS="2", DEEPWIKI_SOCKET_IDLE_SECONDS="2")

    async def pieces():
        for _ in range(200):
            yield "x"
            await asyncio.sleep(0.1)

    async with connect(server, token) as socket:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.send(pieces())
        assert closed.value.rcvd.code == 4408


async def test_sockets_are_counted_per_person_and_others_are_served(
    live, token, repository, people
):
    server = live(DEEPWIKI_SOCKETS_PER_USER="3")
    theirs = (await in_thread(ApiToken.issue, people["bob"]))[1]
    mine = [await connect(server, token, subprotocols=[EVENTS]) for _ in range(4)]
    for connection in mine[:3]:
        await until(connection, "ready")
    assert (await until(mine[3], "error"))["code"] == "too_many"
    async with connect(server, theirs, subprotocols=[EVENTS]) as connection:
        await until(connection, "ready")
    for connection in mine:
        await connection.close()


async def test_a_process_holds_so_many_connections_and_refuses_more_sockets(live, token):
    server = live(own=True, DEEPWIKI_SOCKETS_PER_PROCESS="10", DEEPWIKI_SOCKETS_PER_USER="100")
    held = [await connect(server, token) for _ in range(10)]
    with pytest.raises(websockets.InvalidStatus) as refusal:
        await connect(server, token)
    assert refusal.value.response.status_code == 503
    for connection in held:
        await connection.close()

    async def connected_again():
        with contextlib.suppress(websockets.InvalidStatus):
            return await connect(server, token)

    again = await wait_until_async(connected_again)
    await again.close()


async def test_thirty_answers_at_once_with_a_pool_of_five_all_finish(
    live, repository, people, model
):
    server = live(
        OPENAI_API_KEY="sk-test",
        OPENAI_BASE_URL=model.url,
        DEEPWIKI_RUNS_PER_USER="100",
        DEEPWIKI_REQUESTS_PER_MINUTE="100",
        DEEPWIKI_SOCKETS_PER_USER="100",
    )
    token = (await in_thread(ApiToken.issue, people["alice"]))[1]
    answers = await asyncio.gather(
        *(
            plain(server, token, request(repository, "fake?tokens=30&delay_ms=20"))
            for _ in range(30)
        )
    )
    assert set(answers) == {("".join(f"t{n:04d} " for n in range(30)), 1000)}


async def test_leaving_in_every_way_leaves_nothing_behind(live, token, repository, model):
    import psutil

    server = live(
        own=True,
        OPENAI_API_KEY="sk-test",
        OPENAI_BASE_URL=model.url,
        DEEPWIKI_SOCKETS_PER_USER="100",
        DEEPWIKI_RUNS_PER_USER="100",
        DEEPWIKI_REQUESTS_PER_MINUTE="100",
    )
    process = psutil.Process(server.process.pid)
    await plain(server, token, request(repository))
    files = process.num_fds()
    for _ in range(20):
        await (await connect(server, token)).close()
    for _ in range(10):
        connection = await connect(server, token)
        await connection.send(json.dumps(request(repository, "fake?tokens=5000&delay_ms=10")))
        await connection.recv()
        connection.transport.abort()
    await model.wait_for_async(lambda: model.closed == 10)
    await wait_until_async(lambda: process.num_fds() <= files + 3)


@pytest.fixture
def own_connection_renewed(transactional_db, servers):
    """No other server is there to meet the restart; this process's own connection is as broken as all others after it."""
    servers.stop_idle()
    yield
    from django.db import connection

    connection.close()


async def test_a_database_that_is_restarted_in_the_middle_costs_nothing(
    daphne, token, repository, own_connection_renewed
):
    from django.conf import settings

    from deepwiki.postgres import Cluster

    if settings.DATABASE_URL:
        pytest.skip("restarts the embedded database only")
    cluster = Cluster(settings.DATA_DIR)
    async with connect(daphne, token, subprotocols=[EVENTS]) as connection:
        await connection.send(
            json.dumps({"event": "ask", **request(repository, "fake?tokens=100&delay_ms=40")})
        )
        await until(connection, "delta")
        os.kill(cluster.postmaster_pid(), signal.SIGQUIT)  # what an immediate restart sends
        await wait_until_async(lambda: not cluster.answers())
        await asyncio.to_thread(cluster.start)
        assert (await until(connection, "done"))["state"] == "complete"
    assert (await row_state("complete")).content == "".join(f"t{n:04d} " for n in range(100))
    assert (await plain(daphne, token, request(repository)))[1] == 1000


async def test_a_database_that_is_away_is_said_in_plain_words_and_comes_back(
    daphne, token, repository, own_connection_renewed
):
    import httpx2
    from django.conf import settings

    from deepwiki.postgres import Cluster

    if settings.DATABASE_URL:
        pytest.skip("stops the embedded database only")
    cluster = Cluster(settings.DATA_DIR)
    await plain(daphne, token, request(repository))
    await asyncio.to_thread(cluster.stop)
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with httpx2.AsyncClient(
            base_url=f"http://localhost:{daphne.port}", timeout=30
        ) as client:
            (text, code), health, ready, reply = await asyncio.gather(
                plain(daphne, token, request(repository)),
                client.get("/healthz"),
                client.get("/readyz"),
                client.post("/chat/completions/stream", json=request(repository), headers=headers),
            )
        assert (text.startswith("Error: DeepWiki is temporarily unavailable."), code) == (
            True,
            4500,
        )
        assert (health.status_code, ready.status_code) == (200, 503)
        assert (reply.status_code, "temporarily" in reply.json()["detail"]) == (503, True)
    finally:
        await asyncio.to_thread(cluster.start)

    async def answered():
        text, code = await plain(daphne, token, request(repository))
        return text if code == 1000 else ""

    assert await wait_until_async(answered) == "t0000 t0001 t0002 t0003 t0004 "


async def test_readers_that_do_not_read_cost_little_and_others_are_served(
    live, repository, token, model
):
    import psutil

    server = live(
        own=True,
        OPENAI_API_KEY="sk-test",
        OPENAI_BASE_URL=model.url,
        DEEPWIKI_SOCKETS_PER_USER="100",
        DEEPWIKI_RUNS_PER_USER="100",
        DEEPWIKI_REQUESTS_PER_MINUTE="1000",
    )
    process = psutil.Process(server.process.pid)
    await plain(server, token, request(repository))
    before = process.memory_info().rss
    sockets = []
    body = json.dumps(request(repository, "fake?tokens=9000"))
    for _ in range(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1)
        head = f"POST /chat/completions/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body.encode())
        sockets.append((reader, writer))
    await model.wait_for_async(lambda: len(model.requests) >= 21)
    assert (await plain(server, token, request(repository)))[1] == 1000
    assert process.memory_info().rss - before < 60_000_000
    for _, writer in sockets:
        writer.transport.abort()


async def test_a_message_that_inflates_beyond_the_limit_is_closed_soon(live, token, repository):
    server = live()
    async with connect(server, token, compression="deflate", close_timeout=60) as connection:
        with contextlib.suppress(websockets.ConnectionClosed):
            await connection.send("x" * 50_000_000)
        started = time.monotonic()
        await connection.wait_closed()
        assert await close_code(connection) == 1009
        assert time.monotonic() - started < 10  # a slow reader is waited for longer
