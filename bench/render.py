"""A web server while it renders answers of 64,000 characters that are dear to render."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from urllib.parse import quote

import websockets

from bench.chat import STOP_SECONDS, request_and_headers, server_environment
from bench.health_probe import ask_health
from bench.processes import HealthProbe, health_figures, resident_mib, start_server
from chat.testing.hostile_texts import HOSTILE
from chat.testing.openai_server import OpenAIServer

ANSWER = 63_000
ORDINARY = (
    "## A heading\n\nA paragraph with `code` and **weight**, see `bench/render.py:L1-L9`.\n\n"
    "- one item\n- another\n\n```python\ndef f(x):\n    return x\n```\n\n"
)
FIRST = 20  # answers whose first block is timed


def measure() -> dict[str, object]:
    """The first block of usual answers, then the slowest /healthz beside each hostile one."""
    request, headers = request_and_headers("render")
    with OpenAIServer() as model:
        port, server = start_server("deepwiki.server", env=server_environment(model.url))
        try:
            ask_health(port)
            connect = _Client(f"ws://127.0.0.1:{port}/ws/chat", headers, request, model)
            results = _first_blocks(connect)
            beside_any: list[float] = []
            for name, text in HOSTILE.items():
                probe = HealthProbe(port)
                seconds = asyncio.run(connect.ask(text(ANSWER)))[1]
                milliseconds = probe.stop()
                beside_any += milliseconds
                results[f"{name}, {seconds:.1f} s: slowest /healthz, ms"] = round(milliseconds[-1])
            results["render: web process afterwards, MiB"] = resident_mib(server.pid)
        finally:
            server.terminate()
            server.wait(STOP_SECONDS)
    return results | health_figures("hostile answers", sorted(beside_any))


def _first_blocks(connect: _Client) -> dict[str, object]:
    times = sorted(asyncio.run(connect.ask(ORDINARY))[0] for _ in range(FIRST))
    median, whole = times[FIRST // 2], asyncio.run(connect.ask(ORDINARY * 300))[1]
    return {
        "render: first block behind the first text, median ms": round(median, 1),
        "render: a usual answer of 50,000 characters, s": round(whole, 1),
    }


class _Client:
    """Asks with HTML; the model says what is wanted."""

    def __init__(
        self, url: str, headers: dict[str, str], request: dict[str, Any], model: OpenAIServer
    ) -> None:
        self.url, self.headers, self.request, self.model = url, headers, request, model
        self.number = 0

    async def ask(self, text: str) -> tuple[float, float]:
        """Milliseconds from the first text to the first block, seconds from there to the end."""
        self.number += 1
        self.model.default = f"fake?text={quote(text)}"
        question = {"role": "user", "content": f"Render this ({self.number})"}
        request = {**self.request, "event": "ask", "model": "fake", "render": "html"}
        first: dict[str, float] = {}
        async with websockets.connect(
            self.url,
            additional_headers=self.headers,
            subprotocols=["deepwiki.events.v1"],
            max_size=None,
            open_timeout=60,
        ) as connection:
            await connection.send(json.dumps({**request, "messages": [question]}))
            async for frame in connection:
                event = json.loads(frame)["event"]
                first.setdefault(event, time.perf_counter())
                if event in ("done", "error"):
                    break
        ended = time.perf_counter()
        began = first.get("delta", ended)  # an answer of blanks has no text
        return (first.get("html", ended) - began) * 1000, ended - began
