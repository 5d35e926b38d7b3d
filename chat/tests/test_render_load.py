"""While an answer is rendered, whatever it holds, the server serves everybody else."""

import asyncio
import json
import time
from urllib.parse import quote

import httpx2
import pytest
import websockets

from chat.testing.hostile_texts import HOSTILE
from deepwiki.accounts.models import ApiToken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.acceptance]
ANSWER = 60_000
SLOWEST_SECONDS = 1.0  # a guard: the benchmark `render` has the figure
DEAREST = ["a fence of c", "task items", "a fence of newlines", "brackets", "many diagrams"]


async def ask(server, token, repository):
    """The events of one answer with its HTML."""
    headers = {"Authorization": f"Bearer {token}"}
    address = f"ws://localhost:{server.port}/ws/chat"
    question = {
        "repo_url": repository.url,
        "type": "local",
        "provider": "openai",
        "model": "fake",
        "render": "html",
        "event": "ask",
        "messages": [{"role": "user", "content": "discount?"}],
    }
    async with websockets.connect(
        address,
        additional_headers=headers,
        max_size=None,
        subprotocols=["deepwiki.events.v1"],
        open_timeout=15,
    ) as connection:
        await connection.send(json.dumps(question))
        events = []
        async for frame in connection:
            events.append(json.loads(frame))
            if events[-1]["event"] in ("done", "error"):
                return events
    raise AssertionError("the connection ended before the answer")


async def slowest_poll(server, done):
    """The longest time that /healthz took until `done` is set."""
    slowest = 0.0
    async with httpx2.AsyncClient(timeout=60) as client:
        await client.get(f"{server.url}/healthz")  # it may still be starting
        while not done.is_set():
            began = time.perf_counter()
            reply = await client.get(f"{server.url}/healthz")
            assert reply.status_code == 200
            slowest = max(slowest, time.perf_counter() - began)
    return slowest


@pytest.mark.parametrize("name", DEAREST)
async def test_the_server_answers_others_while_a_hostile_answer_is_rendered(
    live, model, repository, alice, name
):
    text = HOSTILE[name](ANSWER)
    model.default = f"fake?text={quote(text)}"
    server = live(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=model.url)
    token = ApiToken.issue(alice)[1]
    done = asyncio.Event()
    polling = asyncio.create_task(slowest_poll(server, done))
    events = await ask(server, token, repository)
    done.set()
    assert await polling < SLOWEST_SECONDS
    assert events[-1]["state"] == "complete"
    assert any(event["event"] == "html" for event in events)
