"""An agent's own time and memory, with a model that plays tool calls: mechanics, no intelligence.

The first step after the question, a turn of six calls, a stop until the service's connection is
closed, memory a running agent: what the process grows by, and, in a server of its own that counts
it, what Python's heap holds. Over one WebSocket a question, in the events dialect.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psutil
import websockets

from bench.chat import STOP_SECONDS, request_and_headers, server_environment
from bench.heap_server import read_heap
from bench.processes import start_server
from chat.testing.openai_server import OpenAIServer
from chat.testing.tool_call_texts import PlannedCall
from chat.testing.tool_script import ModelTurn, call, turn
from deepwiki.testing.waiting import wait_until_async

EVENTS = "deepwiki.events.v1"
TURNS = 4
QUESTIONS = 15
AGENTS = 30
FEW = 10  # agents: what the calls of a turn need at a time counts more for each
PATIENT_SECONDS = "900"  # a call may take: counting the heap makes the server many times slower
WARM_UP = 5  # questions before and after counting begins
FILE = "*"  # stands for the longest file of the repository
CALLS = [
    call("search_code", query="how migrations are applied"),
    call("grep", pattern="migrat"),
    call("list_files", pattern="test_?.py"),
    call("find_definition", name="main"),
    call("outline", path=FILE),
    call("find_references", name="main"),
]
# Models of the loopback service; a request's model has 200 characters at most, so that their
# turns stand in its `plays`.
QUICK, SLOW, TO_BE_STOPPED = "fake", "fake?delay_ms=30", "fake?delay_ms=20"
Json = dict[str, Any]


def measure() -> dict[str, object]:
    """The figures, over the repository that was indexed."""
    from repos.models import Document

    longest = Document.objects.filter(is_live=True).order_by("-lines").first()
    assert longest is not None
    request, headers = request_and_headers("agent")
    return asyncio.run(_measure(longest.path, headers, request))


async def _measure(path: str, headers: dict[str, str], request: Json) -> dict[str, object]:
    with OpenAIServer() as model:
        _play(model, path)
        with _server(model, "deepwiki.server") as (url, process):
            asking = _Asking(url, headers, request)
            results = await _figures(asking, model, psutil.Process(process.pid))
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with _server(model, "bench.heap_server", **pipes) as (url, process):
            return results | await _heap_figures(_Asking(url, headers, request), process)


@contextmanager
def _server(
    model: OpenAIServer, module: str, **popen: Any
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    env = server_environment(model.url) | {"DEEPWIKI_CALL_SECONDS": PATIENT_SECONDS}
    port, server = start_server(module, env=env, **popen)
    try:
        yield f"ws://127.0.0.1:{port}/ws/chat", server
    finally:
        server.terminate()
        server.communicate(timeout=STOP_SECONDS)


def _play(model: OpenAIServer, path: str) -> None:
    turns = [_turn(number, path) for number in range(TURNS)]
    model.plays[QUICK] = [*turns, turn(text="<answer>\nDone.")]
    model.plays[SLOW] = [*turns, turn(text="<answer>\n" + "word " * 600)]
    model.plays[TO_BE_STOPPED] = [turn(text="word " * 400)]


async def _heap_figures(asking: _Asking, process: subprocess.Popen[bytes]) -> dict[str, object]:
    """The most that Python's heap held while agents ran, less what there was before."""
    for _ in range(WARM_UP):
        await asking.times(QUICK)
    read_heap(process)
    for _ in range(WARM_UP):
        await asking.times(QUICK)
    await _heap_grown(asking, process, AGENTS)  # which fills the caches of the process
    few, many = [await _heap_grown(asking, process, count) for count in (FEW, AGENTS)]
    further = (many - few) / (AGENTS - FEW)
    return {
        f"agent: MiB of Python's heap an agent, {AGENTS} running": round(many / AGENTS, 2),
        f"agent: the same, {FEW} running": round(few / FEW, 2),
        f"agent: MiB of Python's heap a further agent, from {FEW} to {AGENTS}": round(further, 2),
    }


async def _heap_grown(asking: _Asking, process: subprocess.Popen[bytes], count: int) -> float:
    """MiB that the heap held at most while `count` agents ran, less what there was before."""
    before, _ = read_heap(process)
    await asyncio.gather(*(asking.times(SLOW) for _ in range(count)))
    _, most = read_heap(process)
    return (most - before) / 2**20


async def _figures(
    asking: _Asking, model: OpenAIServer, process: psutil.Process
) -> dict[str, object]:
    await asking.times(QUICK)  # warm
    times = [await asking.times(QUICK) for _ in range(QUESTIONS)]
    stops = [await asking.stop_ms(model) for _ in range(QUESTIONS)]
    grown = [
        await asking.grown(SLOW, process, process.memory_info().rss) / 2**20 / AGENTS
        for _ in range(2)
    ]
    return {
        "agent: first step ms": round(statistics.median(first for first, _ in times), 1),
        "agent: ms a turn of six calls": round(
            statistics.median(total / TURNS for _, total in times), 1
        ),
        "agent: ms from stop to the service's connection closed": round(
            statistics.median(stops), 1
        ),
        "agent: the same, slowest": round(max(stops), 1),
        f"agent: MiB grown an agent, {AGENTS} running": round(grown[0], 2),
        f"agent: the same, the next {AGENTS}": round(grown[1], 2),
    }


def _turn(number: int, path: str) -> ModelTurn:
    """Six calls, none of which was made before."""
    if number == 0:
        return turn(*(PlannedCall(one.name, one.arguments.replace(FILE, path)) for one in CALLS))
    reads = [
        call("read_file", path=path, start=1, end=number * 10 + n + 1)
        for n in range(len(CALLS) - 1)
    ]
    return turn(call("grep", pattern=f"def .{{{number + 1}}}_"), *reads)


class _Asking:
    """Questions over WebSockets, each on its own."""

    def __init__(self, url: str, headers: dict[str, str], request: Json) -> None:
        self._url, self._headers, self._request = url, headers, request
        self._number = 0

    async def times(self, model: str) -> tuple[float, float]:
        """Milliseconds to the first step and to the end."""
        async with self._asked(model) as (events, began):
            first = 0.0
            async for event in events:
                if event["event"] == "step" and not first:
                    first = (time.perf_counter() - began) * 1000
                if event["event"] == "done":
                    break
            return first, (time.perf_counter() - began) * 1000

    async def stop_ms(self, model: OpenAIServer) -> float:
        """Milliseconds from a stop in the middle of a turn to the service's closed connection."""
        closed = model.closed
        async with self._asked(TO_BE_STOPPED) as (events, _):
            asked = len(model.requests)
            run = ""
            async for event in events:
                run = event.get("run", run)
                if event["event"] == "step" and event["state"] == "done":
                    break
            await wait_until_async(lambda: len(model.requests) > asked - 1 and model.requests)
            await asyncio.sleep(0.2)
            began = time.perf_counter()
            await events.connection.send(json.dumps({"event": "stop", "run": run}))
            await model.wait_for_async(lambda: model.closed > closed)
            return (time.perf_counter() - began) * 1000

    async def grown(self, model: str, process: psutil.Process, before: int) -> float:
        """The most bytes that the process grew by while agents ran at the same time."""
        peak = 0
        asked = asyncio.gather(*(self.times(model) for _ in range(AGENTS)))
        while not asked.done():
            peak = max(peak, process.memory_info().rss)
            await asyncio.wait([asked], timeout=0.1)
        await asked
        return max(0, peak - before)

    @asynccontextmanager
    async def _asked(self, model: str) -> AsyncIterator[tuple[_Events, float]]:
        self._number += 1
        text = f"How are migrations applied, and why? ({self._number})"
        message = {
            **self._request,
            "event": "ask",
            "mode": "agent",
            "model": model,
            "messages": [{"role": "user", "content": text}],
        }
        async with websockets.connect(
            self._url,
            additional_headers=self._headers,
            subprotocols=[websockets.Subprotocol(EVENTS)],
            max_size=None,
            open_timeout=60,
        ) as connection:
            began = time.perf_counter()
            await connection.send(json.dumps(message))
            yield _Events(connection), began


class _Events:
    """The events of one connection."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def __aiter__(self) -> _Events:
        return self

    async def __anext__(self) -> Json:
        event: Json = json.loads(await self.connection.recv())
        if event["event"] == "error":
            raise RuntimeError(event["message"])
        return event
