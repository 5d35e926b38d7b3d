"""A real web server whose database hangs, is gone, or never was one: words within seconds, then as before.

The database is behind a proxy on loopback, which forwards, stays silent or refuses as the test says.
"""

import asyncio
import contextlib
import threading

import httpx2 as httpx
import pytest
import websockets
from django.db import connection

from deepwiki.testing.servers import stop
from deepwiki.testing.waiting import wait_until

pytestmark = [pytest.mark.acceptance, pytest.mark.django_db(transaction=True)]
HTML = {"accept": "text/html"}


class Proxy:
    """TCP in front of the test database. `silent`: bytes are taken and go nowhere."""

    def __init__(self):
        parameters = connection.get_connection_params()
        self.host, self.port_behind = parameters.get("host") or "", parameters.get("port") or 5432
        self.silent = False
        self.refusing = False
        self.writers = set()

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = self._call(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        self.cut()
        self._call(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    def cut(self):
        """Break every connection."""
        self.loop.call_soon_threadsafe(
            lambda: [writer.transport.abort() for writer in self.writers]
        )

    async def _end(self):
        self.server.close()  # on its own loop, which closes connections meanwhile
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # aborted transports close in the next turn of the loop

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    async def _connected(self, reader, writer):
        if self.refusing:
            writer.transport.abort()
            return
        if self.host.startswith("/"):
            path = f"{self.host}/.s.PGSQL.{self.port_behind}"
            behind = await asyncio.open_unix_connection(path)
        else:
            behind = await asyncio.open_connection(self.host, self.port_behind)
        pair = {writer, behind[1]}
        self.writers |= pair
        with contextlib.suppress(asyncio.CancelledError):  # asyncio logs a cancelled handler
            await asyncio.gather(self._pump(reader, behind[1]), self._pump(behind[0], writer))
        for each in pair:
            each.transport.abort()

    async def _pump(self, reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                while self.silent:
                    await asyncio.sleep(0.02)
                writer.write(data)
                await writer.drain()
        writer.close()


@pytest.fixture
def proxy():
    with Proxy() as proxy:
        yield proxy


@pytest.fixture
def server(live, proxy):
    name = connection.settings_dict["NAME"]
    user = connection.get_connection_params().get("user", "deepwiki")
    password = connection.get_connection_params().get("password") or "none"
    url = f"postgresql://{user}:{password}@127.0.0.1:{proxy.port}/{name}"
    server = live(own=True, DATABASE_URL=url)
    yield server
    stop(server.process)  # before the proxy


def get(server, path, **headers):
    return httpx.get(f"{server.url}{path}", headers=headers, timeout=20, follow_redirects=True)


def works(server):
    with contextlib.suppress(httpx.HTTPError):
        return get(server, "/readyz").status_code == 200
    return False


def is_told(server):
    """Everything says that the database is down, nothing hangs, nothing is an internal error."""
    ready, page, program = (
        get(server, "/readyz"),
        get(server, "/accounts/login/", **HTML),
        get(server, "/api/models", accept="application/json"),
    )
    assert get(server, "/healthz").status_code == 200
    assert {ready.status_code, page.status_code} == {503}
    assert "database" in ready.json()["status"]
    assert "The database does not answer" in page.text
    assert page.headers["retry-after"]
    assert 'http-equiv="refresh"' in page.text
    assert program.status_code in (401, 503)
    return True


async def handshake(server):
    """What a socket is told before it is closed."""
    url = server.url.replace("http", "ws")
    headers = {"Authorization": "Bearer dw_nothing"}
    async with websockets.connect(f"{url}/ws/chat", additional_headers=headers) as socket:
        said = []
        with contextlib.suppress(websockets.ConnectionClosedError):
            async for message in socket:
                said.append(message)
    assert socket.close_code == 4500
    return said


@pytest.mark.parametrize("fault", ["silent", "refusing"])
def test_a_database_that_is_away_is_told_everywhere_and_noticed_when_it_is_back(
    server, proxy, fault
):
    wait_until(lambda: works(server), 90)
    assert get(server, "/accounts/login/", **HTML).status_code == 200
    setattr(proxy, fault, True)
    if fault == "refusing":
        proxy.cut()
    first = get(server, "/accounts/login/", **HTML)  # hangs in a statement, or begins to
    assert first.status_code == 503
    wait_until(lambda: is_told(server))
    said = asyncio.run(asyncio.wait_for(handshake(server), 20))
    assert "unavailable" in "".join(said)
    setattr(proxy, fault, False)
    wait_until(lambda: works(server), 60)
    wait_until(lambda: get(server, "/accounts/login/", **HTML).status_code == 200, 60)


def test_a_database_that_is_silent_from_the_start_is_told_too(live, proxy):
    proxy.silent = True
    url = f"postgresql://deepwiki:x@127.0.0.1:{proxy.port}/none"
    server = live(own=True, DATABASE_URL=url)

    def answers():
        with contextlib.suppress(httpx.ConnectError):
            return get(server, "/healthz")

    wait_until(answers, 60)
    assert get(server, "/readyz").status_code == 503
    wait_until(lambda: is_told(server))
    stop(server.process)
