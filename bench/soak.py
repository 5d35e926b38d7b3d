"""Whether the memory of a web process stays flat under a steady stream of questions."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psutil
import websockets

from bench.chat import STOP_SECONDS, request_and_headers
from bench.processes import start_server
from chat.testing.openai_server import OpenAIServer

A_SECOND = 10  # questions
WARM_UP_SECONDS = 60
SECONDS = 180
SAMPLES = 6
MODEL = "fake?tokens=60&delay_ms=5"
EVENTS = "deepwiki.events.v1"


@dataclass
class Soak:
    """Questions in turn over both dialects, each over a socket of its own."""

    url: str
    headers: dict[str, str]
    request: dict[str, Any]
    process: psutil.Process
    asked: int = 0
    failed: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, seconds: float) -> None:
        """Ask A_SECOND questions a second, whether those before are answered or not."""
        ends_at = time.monotonic() + seconds
        due = time.monotonic()
        while due < ends_at:
            task = asyncio.create_task(self._ask())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
            due += 1 / A_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def memory(self) -> int:
        """Resident memory in MiB."""
        return self.process.memory_info().rss >> 20

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


def measure() -> dict[str, object]:
    """The memory after a warm-up, and how it has grown at the end."""
    with _soak() as soak:
        return asyncio.run(_measure(soak))


async def _measure(soak: Soak) -> dict[str, object]:
    started = soak.memory()
    await soak.run(WARM_UP_SECONDS)
    warm = soak.memory()
    samples = []
    for _ in range(SAMPLES):
        await soak.run(SECONDS / SAMPLES)
        samples.append(soak.memory())
    await asyncio.gather(*soak.tasks)
    growth = (samples[-1] / warm - 1) * 100
    name = f"soak, {A_SECOND} questions a second for {SECONDS} s"
    return {
        f"{name}: MiB at the start, warm, then": f"{started}, {warm}, {samples}",
        f"{name}: growth since warm": f"{growth:.1f} %",
        f"{name}: asked / failed": f"{soak.asked} / {soak.failed}",
    }


@contextlib.contextmanager
def _soak() -> Iterator[Soak]:
    request, headers = request_and_headers("soak")
    process: subprocess.Popen[bytes] | None = None
    with OpenAIServer() as model:
        environment = {**os.environ, "OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
        environment |= {"DEEPWIKI_TEST_STATIC": "1", "DEEPWIKI_CACHE_SECONDS": "300"}
        try:
            port, process = start_server("deepwiki.server", env=environment)
            url = f"ws://127.0.0.1:{port}/ws/chat"
            yield Soak(url, headers, request, psutil.Process(process.pid))
        finally:
            if process is not None:
                process.terminate()
                process.wait(STOP_SECONDS)
