"""A person who may no longer be here, or no longer read a repository, is told so in every stream."""

import asyncio
import contextlib
import json

import pytest
from channels.testing import WebsocketCommunicator
from django.test import AsyncClient

from chat.api import authorization
from chat.models import Message
from chat.tests.test_endpoints import ask
from deepwiki.accounts.models import ApiToken
from deepwiki.asgi import application
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.waiting import wait_until_async

pytestmark = [pytest.mark.django_db(transaction=True)]
EVENTS = "deepwiki.events.v1"


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(authorization, "RECHECK_SECONDS", 0.05)
    monkeypatch.setattr(authorization, "PAUSE_SECONDS", 0.05)


@pytest.fixture
def private(index_folder, folder, alice, bob):
    """A repository of bob's that alice may read."""
    repository = index_folder(folder, owner_id=bob.pk, private=True)
    repository.readers.add(alice)
    return repository


@pytest.fixture
async def headers(alice, request):
    """What identifies alice: an API token, or a session."""
    if request.param == "token":
        return {"authorization": f"Bearer {(await in_thread(ApiToken.issue, alice))[1]}"}
    client = AsyncClient()
    await in_thread(client.force_login, alice)
    return {"cookie": f"sessionid={client.cookies['sessionid'].value}"}


class Sockets:
    """Asks over a socket, and reads all that follows until `event` or the close."""

    protocols = None

    async def ask(self, headers, request):
        values = [(name.encode(), value.encode()) for name, value in headers.items()]
        values += [(b"host", b"localhost"), (b"origin", b"http://localhost")]
        self.socket = WebsocketCommunicator(
            application, "/ws/chat", headers=values, subprotocols=self.protocols
        )
        assert (await self.socket.connect(timeout=10))[0]
        await self.socket.send_to(text_data=json.dumps({"event": "ask", **request}))

    async def rest(self, words):
        text = ""
        async with asyncio.timeout(20):
            while words not in text:
                message = await self.socket.receive_output(timeout=20)
                text += message.get("text", "")
                if message["type"] == "websocket.close":
                    break
        with contextlib.suppress(asyncio.CancelledError):
            await self.socket.disconnect()
        return text


class EventSockets(Sockets):
    protocols = (EVENTS,)


class Plain:
    """Asks over HTTP, and reads the rest of the response."""

    path, accept = "/chat/completions/stream", "*/*"

    async def ask(self, headers, request):
        client = AsyncClient()
        if "cookie" in headers:
            client.cookies["sessionid"] = headers["cookie"].partition("=")[2]
        given = {name: value for name, value in headers.items() if name != "cookie"}
        self.response = await client.post(
            self.path,
            data=json.dumps(request),
            content_type="application/json",
            headers={**given, "accept": self.accept},
        )
        self.client, self.given = client, given

    async def rest(self, words):
        async with asyncio.timeout(20):
            return b"".join([chunk async for chunk in self.response.streaming_content]).decode()


class Events(Plain):
    path, accept = "/api/chat/stream?events=1", "text/event-stream"


class Attached(Events):
    """As Events, but read over `GET /api/runs/<id>/events`."""

    async def rest(self, words):
        row = await in_thread(Message.objects.filter(role="assistant").first)
        path = f"/api/runs/{row.run_id}/events?after=1"
        self.response = await self.client.get(path, headers=self.given)
        return await super().rest(words)


STREAMS = [Sockets, EventSockets, Plain, Events, Attached]


def revoke(alice, private):
    ApiToken.objects.update(revoked_at="2026-01-01T00:00Z")


def expire(alice, private):
    ApiToken.objects.update(expires_at="2026-01-01T00:00Z")


def log_out(alice, private):
    from django.contrib.sessions.models import Session

    Session.objects.all().delete()


def deactivate(alice, private):
    alice.is_active = False
    alice.save()


def take_back(alice, private):
    private.readers.remove(alice)


WHAT = [
    ("token", revoke, "This API token is no longer valid."),
    ("token", expire, "This API token is no longer valid."),
    ("token", deactivate, "This API token is no longer valid."),
    ("token", take_back, "no such repository"),
    ("session", log_out, "Your session has ended. Sign in again."),
    ("session", deactivate, "Your session has ended. Sign in again."),
    ("session", take_back, "no such repository"),
]


@pytest.mark.parametrize(("headers", "change", "words"), WHAT, indirect=["headers"])
@pytest.mark.parametrize("kind", STREAMS)
async def test_every_stream_ends_with_words(
    kind, alice, private, with_model, headers, change, words
):
    stream = kind()
    asked = ask(private, model="fake?tokens=3&hold=1")
    await stream.ask(headers, asked)
    await wait_until_async(lambda: with_model.requests)
    reading = asyncio.create_task(stream.rest(words))
    done, _ = await asyncio.wait({reading}, timeout=0.3)
    assert not done
    await in_thread(change, alice, private)
    assert words in await reading
    with_model.release()


async def test_a_stream_outlives_a_check_that_cannot_be_made():
    from chat.core.events import Delta, Numbered

    async def items():
        for number in range(3):
            await asyncio.sleep(0.06)
            yield Numbered(None, number, Delta("x"))

    def fails():
        raise OSError

    seen = [item async for item in authorization.watched(items(), fails) if item is not None]
    assert [item.seq for item in seen] == [0, 1, 2]
