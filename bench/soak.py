"""Whether the memory of a web process stays flat under a steady stream of questions."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psutil
import websockets

from bench.chat import STOP_SECONDS, request_and_headers
from bench.health_probe import ask_health
from bench.load import Load
from bench.processes import start_server
from chat.testing.openai_server import OpenAIServer

WARM_UP_MINUTES = 2
MINUTE = 60.0
MODEL = "fake?tokens=60&delay_ms=5"
EVENTS = "deepwiki.events.v1"


@dataclass
class Soak:
    """Questions in turn over both dialects, each over a socket of its own."""

    url: str
    headers: dict[str, str]
    request: dict[str, Any]
    process: psutil.Process
    rate: float
    asked: int = 0
    failed: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def minute(self) -> float:
        """Ask for a minute, whether what was asked before is answered or not; the median of the
        resident memory meanwhile, in MiB."""
        ends_at = time.monotonic() + MINUTE
        due = time.monotonic()
        samples = []
        while due < ends_at:
            task = asyncio.create_task(self._ask())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
            due += 1 / self.rate
            samples.append(self.memory())
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        return statistics.median(samples)

    def memory(self) -> float:
        """Resident memory in MiB, now."""
        return self.process.memory_info().rss / 2**20

    async def _ask(self) -> None:
        self.asked += 1
        number = self.asked
        question = {"role": "user", "content": f"How are migrations applied? ({number})"}
        request = {**self.request, "model": MODEL, "messages": [question]}
        try:
            async with asyncio.timeout(60):
                complete = await (self._plain(request) if number % 2 else self._events(request))
        except (OSError, websockets.WebSocketException, TimeoutError):
            complete = False
        self.failed += not complete

    async def _plain(self, request: dict[str, Any]) -> bool:
        async with websockets.connect(
            self.url, additional_headers=self.headers, open_timeout=30
        ) as connection:
            await connection.send(json.dumps(request))
            text = "".join([str(piece) async for piece in connection])
            return "t0059" in text and connection.close_code == 1000

    async def _events(self, request: dict[str, Any]) -> bool:
        async with websockets.connect(
            self.url, additional_headers=self.headers, subprotocols=[EVENTS], open_timeout=30
        ) as connection:
            await connection.send(json.dumps({"event": "ask", "render": "html", **request}))
            async for message in connection:
                event = json.loads(message)
                if event["event"] in ("done", "error"):
                    return bool(event.get("state") == "complete")
        return False


def measure(load: Load) -> dict[str, object]:
    """The memory after a warm-up, and how it has grown at the end."""
    with _soak(load.rate) as soak:
        return asyncio.run(_measure(soak, load))


async def _measure(soak: Soak, load: Load) -> dict[str, object]:
    started = round(soak.memory())
    for _ in range(WARM_UP_MINUTES):
        await soak.minute()
    minutes = [await soak.minute() for _ in range(load.minutes)]
    await asyncio.gather(*soak.tasks)
    name = f"soak, {load.rate:g} questions a second for {load.minutes} min"
    return {
        f"{name}: MiB at the start": started,
        f"{name}: median MiB of each minute": [round(value) for value in minutes],
        f"{name}: growth": f"{_growth(minutes):.1%}",
        f"{name}: asked / failed": f"{soak.asked} / {soak.failed}",
    }


def _growth(minutes: list[float]) -> float:
    """From the first fifth of the minutes to the last: a garbage collection moves each of them."""
    count = max(1, len(minutes) // 5)
    return statistics.fmean(minutes[-count:]) / statistics.fmean(minutes[:count]) - 1


@contextlib.contextmanager
def _soak(rate: float) -> Iterator[Soak]:
    request, headers = request_and_headers("soak")
    process: subprocess.Popen[bytes] | None = None
    with OpenAIServer() as model:
        environment = {**os.environ, "OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
        environment |= {"DEEPWIKI_TEST_STATIC": "1", "DEEPWIKI_CACHE_SECONDS": "300"}
        try:
            port, process = start_server("deepwiki.server", env=environment)
            ask_health(port)
            url = f"ws://127.0.0.1:{port}/ws/chat"
            yield Soak(url, headers, request, psutil.Process(process.pid), rate)
        finally:
            if process is not None:
                process.terminate()
                process.wait(STOP_SECONDS)
