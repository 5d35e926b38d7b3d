"""People without an account: limits by address that cannot be raced, and where they may come from."""

import asyncio
import json
import threading
from contextlib import contextmanager

import pytest
import websockets
from channels.testing import WebsocketCommunicator
from django.test import AsyncClient

from chat.api import connection
from chat.api.connection import open_sockets
from chat.models import AnonymousRun, Message
from chat.tests.test_endpoints import ENDPOINTS, ask
from deepwiki.asgi import application
from deepwiki.foundation.address_keys import address_key, network
from deepwiki.foundation.threads import _executor, in_thread
from deepwiki.testing.waiting import wait_until_async

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def strangers(settings):
    settings.ALLOW_ANONYMOUS = True
    settings.ANONYMOUS_REQUESTS_PER_MINUTE = 100


@pytest.fixture(params=ENDPOINTS)
def endpoint(request):
    return ENDPOINTS[request.param]


def question(repository, **extra):
    return ask(repository, type="github", **extra)


def has_ended():
    return not AnonymousRun.objects.exclude(lease_at=None).exists()


async def test_of_thirty_questions_at_once_as_many_run_as_may(
    public_repository, with_model, settings, endpoint
):
    settings.RUNS_PER_USER, settings.SOCKETS_PER_USER = 2, 100
    asking = [
        asyncio.create_task(endpoint(question(public_repository, model="fake?tokens=3&hold=1"), ""))
        for _ in range(30)
    ]
    await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    await wait_until_async(lambda: sum(task.done() for task in asking) == 28)
    assert len(with_model.requests) <= 2
    with_model.release(2)
    replies = await asyncio.gather(*asking)
    assert sum(reply.text == "t0000 t0001 t0002 " for reply in replies) == 2
    assert sum(reply.code in (4429, 429) for reply in replies) == 28
    await wait_until_async(lambda: in_thread(has_ended))
    assert (await endpoint(question(public_repository), "")).code in (1000, 200)
    assert await in_thread(Message.objects.count) == 0


async def test_an_address_may_ask_so_many_questions_a_minute(
    public_repository, with_model, settings, endpoint
):
    settings.ANONYMOUS_REQUESTS_PER_MINUTE = 2
    replies = []
    for _ in range(3):
        replies.append(await endpoint(question(public_repository), ""))
        await wait_until_async(lambda: in_thread(has_ended))
    assert [reply.code in (1000, 200) for reply in replies] == [True, True, False]
    assert "your address" in replies[-1].text + replies[-1].detail


async def test_a_question_that_is_refused_holds_no_slot(public_repository, with_model, settings):
    settings.RUNS_PER_USER = 1
    over_http = ENDPOINTS["http"]
    refused = await over_http(question(public_repository, provider="none"), "")
    assert refused.code == 400
    assert (await over_http(question(public_repository), "")).code == 200


async def test_the_lease_of_a_process_that_died_runs_out(public_repository, with_model, settings):
    settings.RUNS_PER_USER = 1
    key = address_key("127.0.0.1")
    lost = await in_thread(AnonymousRun.objects.create, address=key)
    over_http = ENDPOINTS["http"]
    assert (await over_http(question(public_repository), "")).code == 429
    row = AnonymousRun.objects.filter(pk=lost.pk)
    await in_thread(row.update, lease_at="2026-01-01T00:00Z")
    assert (await over_http(question(public_repository), "")).code == 200


def test_a_network_is_an_address_or_what_a_subscriber_has():
    assert network("203.0.113.9") == network("::ffff:203.0.113.9") == "203.0.113.9"
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2::5") == "2001:db8:1:2::/64"
    assert network("") == "" and network("unix:") == "unix:"
    assert address_key("203.0.113.9") != address_key("203.0.113.8")


def handshake(**headers):
    values = [(name.encode(), value.encode()) for name, value in headers.items()]
    return WebsocketCommunicator(
        application, "/ws/chat", headers=[(b"host", b"localhost"), *values]
    )


@pytest.fixture
def no_sockets_left():
    yield
    connection.open_sockets.clear()  # a test that failed has closed none
    connection.handshakes.clear()


def checked_in_threads(test):
    """Handshakes are: such a test depends on what else the machine does."""
    return pytest.mark.integration(pytest.mark.usefixtures("no_sockets_left")(test))


@checked_in_threads
async def test_a_strangers_sockets_are_counted_by_address(settings):
    settings.SOCKETS_PER_USER = 2
    sockets = [handshake() for _ in range(3)]
    for socket in sockets:
        assert (await socket.connect(timeout=10))[0]
    assert "too many connections" in await sockets[2].receive_from(10)
    for socket in sockets:
        await socket.disconnect(timeout=10)
    assert not open_sockets


@contextmanager
def every_thread_taken():
    """Nothing that is called in a thread begins before this ends."""
    free = threading.Event()
    for _ in range(_executor._max_workers):
        _executor.submit(free.wait, 30)
    try:
        yield
    finally:
        free.set()


@checked_in_threads
async def test_handshakes_beyond_those_that_can_be_checked_are_told_so_at_once(
    settings, monkeypatch
):
    settings.SOCKETS_PER_USER = 100
    monkeypatch.setattr(connection, "MAX_HANDSHAKES", 2)
    sockets = [handshake() for _ in range(5)]
    with every_thread_taken():
        checked = [asyncio.create_task(socket.connect(timeout=30)) for socket in sockets[:2]]
        await wait_until_async(lambda: len(connection.handshakes) == 2)
        for socket in sockets[2:]:
            assert (await socket.connect(timeout=10))[0]
            assert "The server is busy" in await socket.receive_from(10)
            assert (await socket.receive_output(10))["code"] == 4429
    assert all(accepted for accepted, _ in await asyncio.gather(*checked))
    assert not connection.handshakes
    later = handshake()
    assert (await later.connect(timeout=10))[0]
    assert await later.receive_nothing()
    for socket in [*sockets, later]:
        await socket.disconnect(timeout=10)


@checked_in_threads
async def test_two_hundred_people_may_come_at_once(settings):
    settings.SOCKETS_PER_USER = 1_000
    sockets = [handshake() for _ in range(200)]
    await asyncio.gather(*(socket.connect(timeout=60) for socket in sockets))
    assert open_sockets.total() == 200
    for socket in sockets:
        await socket.disconnect(timeout=10)


FOREIGN = ["https://evil.example", "null", "file://", "chrome-extension://abcdef", "://"]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_cookie_with_a_foreign_origin_makes_a_stranger(
    alice, public_repository, with_model, origin
):
    client = AsyncClient(enforce_csrf_checks=True)
    await in_thread(client.force_login, alice)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    socket = handshake(cookie=cookie, origin=origin)
    assert (await socket.connect(timeout=10))[0]
    await socket.send_to(text_data=json.dumps(question(public_repository)))
    assert await socket.receive_from(10)
    await socket.disconnect()
    assert await in_thread(Message.objects.count) == 0  # nothing in her history
    response = await client.post(
        "/api/chat/stream",
        data=json.dumps(question(public_repository)),
        content_type="application/json",
        headers={"origin": origin},
    )
    assert response.status_code == 200
    assert await in_thread(Message.objects.count) == 0


@pytest.mark.parametrize("origin", FOREIGN)
async def test_where_no_strangers_are_let_in_a_foreign_origin_is_refused(alice, settings, origin):
    settings.ALLOW_ANONYMOUS = False
    client = AsyncClient(enforce_csrf_checks=True)
    await in_thread(client.force_login, alice)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    assert not (await handshake(cookie=cookie, origin=origin).connect(timeout=10))[0]
    response = await client.post(
        "/api/chat/stream",
        data="{}",
        content_type="application/json",
        headers={"origin": origin},
    )
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("", True),
        ("http://localhost", True),
        ("https://wiki.example:8443", True),
        ("https://WIKI.example:8443", True),
        ("null", True),
        ("file://", True),
        ("https://wiki.example", False),
        ("https://evil.example", False),
    ],
)
async def test_strangers_come_from_the_origins_that_are_named(
    public_repository, with_model, settings, origin, allowed
):
    settings.ANONYMOUS_ORIGINS = frozenset({"https://wiki.example:8443", "null"})
    headers = {"origin": origin} if origin else {}
    socket = handshake(**headers)
    assert (await socket.connect(timeout=10))[0] is allowed
    await socket.disconnect()
    response = await AsyncClient().post(
        "/chat/completions/stream",
        data=json.dumps(question(public_repository)),
        content_type="application/json",
        headers={name: value.replace("localhost", "testserver") for name, value in headers.items()},
    )
    assert response.status_code == (200 if allowed else 403)


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
async def test_a_page_from_a_file_reaches_the_application_of_a_real_server(live, kind):
    server = live(kind=kind, DEEPWIKI_ALLOW_ANONYMOUS="true")
    for origin in ("null", "file://", "https://elsewhere.example"):
        async with websockets.connect(
            f"ws://localhost:{server.port}/ws/chat",
            origin=origin,
            subprotocols=["deepwiki.events.v1"],
            open_timeout=15,
        ) as connection:
            assert json.loads(await connection.recv())["event"] == "ready"
