"""Chat under load, as ratios to a bare relay in the same run. Loopback only, bounded counts."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any

import psutil
import websockets

from bench.setting import ROOT, serve
from chat.testing.openai_server import OpenAIServer
from deepwiki.testing.ports import reserved_port
from deepwiki.testing.waiting import wait_until

INSTANT = "fake?tokens=100"
TYPICAL = "fake?tokens=100&first_ms=200&delay_ms=20"


def measure() -> dict[str, object]:
    """Warm single questions, 50 at once, 200 at once."""
    from django.contrib.auth import get_user_model

    from deepwiki.accounts.models import ApiToken
    from repos.models import Repository

    repository = Repository.objects.exclude(current_index=None).first()
    token = ApiToken.issue(get_user_model().objects.create_user("bench"))[1]
    running = []
    try:
        model_port, model = serve("chat.testing.openai_server", stdout=subprocess.DEVNULL)
        running.append(model)
        model_url = f"http://127.0.0.1:{model_port}/v1"
        environment = {
            **os.environ,
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_BASE_URL": model_url,
            "DEEPWIKI_TEST_STATIC": "1",
        }
        port, server = serve("deepwiki.server", env=environment)
        relay_port, relaying = serve("bench.relay", model_url, flag="")
        running += [server, relaying]
        with reserved_port() as shared_port:
            command = [sys.executable, "-m", "deepwiki.server", "--shared", "--port", str(shared_port)]
            sharing = [subprocess.Popen(command, env=environment, cwd=ROOT) for _ in range(2)]
            running += sharing
            wait_until(lambda: all(_listens(process, shared_port) for process in sharing))
        request = {
            "repo_url": repository.url,
            "type": "local",
            "provider": "openai",
        }
        ours = Target(
            f"ws://127.0.0.1:{port}/ws/chat",
            {"Authorization": f"Bearer {token}"},
            request,
            psutil.Process(server.pid),
        )
        pair = Target(
            f"ws://127.0.0.1:{shared_port}/ws/chat",
            {"Authorization": f"Bearer {token}"},
            request,
            psutil.Process(sharing[0].pid),
        )
        pair.number = 1_000_000
        relay = Target(f"ws://127.0.0.1:{relay_port}", {}, request, psutil.Process(relaying.pid))
        results = asyncio.run(_compare(ours, relay, pair))
        results["chat: ms from leaving to the model's stream closed"] = round(asyncio.run(_left(token, request)), 1)
        return results
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(40)


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    connections = psutil.Process(process.pid).net_connections("tcp")
    return any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in connections)


async def _left(token: str, request: dict[str, Any]) -> float:
    """Milliseconds from a reader's leaving until the stream of its model is closed; the median of ten."""
    with OpenAIServer() as model:
        environment = {**os.environ, "OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
        port, server = serve("deepwiki.server", env=environment)
        url, headers = f"ws://127.0.0.1:{port}/ws/chat", {"Authorization": f"Bearer {token}"}
        question = {"role": "user", "content": "How are migrations applied?"}
        asked = json.dumps({**request, "model": "fake?tokens=5000&delay_ms=20", "messages": [question]})
        took = []
        try:
            for number in range(1, 11):
                async with websockets.connect(url, additional_headers=headers, open_timeout=60) as connection:
                    await connection.send(asked)
                    await connection.recv()
                    began = time.perf_counter()
                await model.wait_for_async(lambda number=number: model.closed == number)
                took.append((time.perf_counter() - began) * 1000)
        finally:
            server.terminate()
            server.wait(40)
    return statistics.median(took)


class Target:
    """A server to ask."""

    def __init__(self, url: str, headers: dict[str, str], request: dict[str, Any], process: psutil.Process) -> None:
        self.url, self.headers, self.request, self.process = url, headers, request, process
        self.number = 0

    async def ask(self, model: str) -> tuple[float, float, int]:
        """Milliseconds to the first piece and to the end, and the number of the model's words that came."""
        async with websockets.connect(
            self.url, additional_headers=self.headers, compression=None, max_size=None, open_timeout=60
        ) as connection:
            began = time.perf_counter()
            # Each question another one: nothing may be answered, or found, from before.
            self.number += 1
            question = {"role": "user", "content": f"How are migrations applied? ({self.number})"}
            await connection.send(json.dumps({**self.request, "model": model, "messages": [question]}))
            first, text = 0.0, ""
            async for piece in connection:
                first = first or (time.perf_counter() - began) * 1000
                text += str(piece)
            return first, (time.perf_counter() - began) * 1000, text.count("t0")

    def cpu(self) -> float:
        times = self.process.cpu_times()
        return times.user + times.system

    def memory(self) -> float:
        return self.process.memory_info().rss / 2**20


async def _compare(ours: Target, relay: Target, pair: Target) -> dict[str, object]:
    results: dict[str, object] = {}
    for target in (ours, relay, *[pair] * 4):
        for _ in range(3):
            await target.ask(INSTANT)
    singles: dict[str, list[tuple[float, float, int]]] = {"ours": [], "relay": []}
    cpu = ours.cpu()
    for _ in range(20):
        singles["ours"].append(await ours.ask(INSTANT))
    results["chat: CPU ms a question"] = round((ours.cpu() - cpu) / 20 * 1000, 1)
    for _ in range(20):
        singles["relay"].append(await relay.ask(INSTANT))
    first = {name: statistics.median(row[0] for row in rows) for name, rows in singles.items()}
    rate = {name: statistics.median(100 / (row[1] - row[0] or 1) for row in rows) for name, rows in singles.items()}
    results["chat: first piece ms, ours / relay (ratio)"] = (
        f"{first['ours']:.1f} / {first['relay']:.1f} ({first['ours'] / first['relay']:.1f}x)"
    )
    results["chat: words a second after the first, ours : relay"] = f"{rate['ours'] / rate['relay']:.1f}"
    for name, count, model in (("50 at once, instant", 50, INSTANT), ("200 at once, typical", 200, TYPICAL)):
        figures = {}
        for label, target in (("ours", ours), ("two web processes", pair), ("relay", relay)):
            before = target.memory()
            rows = await asyncio.gather(*(target.ask(model) for _ in range(count)), return_exceptions=True)
            good = [row for row in rows if not isinstance(row, BaseException) and row[2] == 100]
            p95 = sorted(row[0] for row in good)[int(len(good) * 0.95) - 1] if good else float("nan")
            figures[label] = p95
            results[f"chat: {name}, {label}: complete"] = f"{len(good)} of {count}"
            results[f"chat: {name}, {label}: p95 first ms"] = round(p95)
            results[f"chat: {name}, {label}: MiB grown an answer"] = round((target.memory() - before) / count, 2)
        results[f"chat: {name}: p95 ratio"] = f"{figures['ours'] / figures['relay']:.1f}x"
    return results
