"""A socket follows each run at most once, and not many runs at the same time."""

import json
import uuid

import pytest
from channels.testing import WebsocketCommunicator

from chat import services
from chat.api.followed_runs import MAX_FOLLOWED_RUNS
from chat.core.events import Delta
from chat.runs import Run
from deepwiki.accounts.models import ApiToken
from deepwiki.asgi import application
from deepwiki.foundation.threads import in_thread

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
async def socket(alice):
    token = (await in_thread(ApiToken.issue, alice))[1]
    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())]
    socket = WebsocketCommunicator(
        application, "/ws/chat", headers=headers, subprotocols=["deepwiki.events.v1"]
    )
    await socket.connect(timeout=10)
    assert (await socket.receive_json_from(10))["event"] == "ready"
    yield socket
    await socket.disconnect()


@pytest.fixture
def start(alice):
    """Runs of alice's that wait after their first word, until they are stopped."""
    import asyncio

    async def words():
        yield Delta("word")
        await asyncio.Event().wait()

    runs = []

    def start():
        run = services.runs.start(Run(uuid.uuid4(), person_id=alice.pk), words())
        runs.append(run)
        return run

    yield start
    for run in runs:
        run.stop()


async def send(socket, **message):
    await socket.send_to(text_data=json.dumps(message))


async def until(socket, name):
    """The events up to the next one of this name."""
    events = [await socket.receive_json_from(10)]
    while events[-1]["event"] != name:
        events.append(await socket.receive_json_from(10))
    return events


async def test_attaching_again_takes_the_place_of_the_first_time(socket, start):
    run = start()
    for _ in range(50):
        await send(socket, event="attach", run=str(run.id), after=0)
    await send(socket, event="ping")
    await until(socket, "pong")
    assert run.readers <= 1
    await send(socket, event="attach", run=str(run.id), after=0)
    await send(socket, event="ping")  # answered once the last message has been read
    events = await until(socket, "pong")
    run.stop()
    events += await until(socket, "done")
    assert 1 in [event.get("seq") for event in events]
    assert await socket.receive_nothing()


async def test_too_many_runs_at_once_are_refused_in_words(socket, start):
    runs = [start() for _ in range(MAX_FOLLOWED_RUNS + 1)]
    for run in runs:
        await send(socket, event="attach", run=str(run.id), after=0)
    events = [await socket.receive_json_from(10) for _ in runs]
    assert sorted(event["event"] for event in events) == ["delta"] * (len(runs) - 1) + ["error"]
    runs[0].stop()
    while (await socket.receive_json_from(10))["event"] != "done":
        pass
    await send(socket, event="attach", run=str(runs[-1].id), after=0)
    assert (await socket.receive_json_from(10))["run"] == str(runs[-1].id)
