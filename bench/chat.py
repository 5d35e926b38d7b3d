"""Chat under load, as ratios to a bare relay in the same run. Loopback only, bounded counts."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import websockets

from bench.setting import until_listening
from deepwiki.testing.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
INSTANT = "fake?tokens=100"
TYPICAL = "fake?tokens=100&first_ms=200&delay_ms=20"


def measure() -> dict[str, object]:
    """Warm single questions, 50 at once, 200 at once."""
    from django.contrib.auth import get_user_model

    from deepwiki.accounts.models import ApiToken
    from repos.models import Repository

    repository = Repository.objects.exclude(current_index=None).first()
    token = ApiToken.issue(get_user_model().objects.create_user("bench"))[1]
    ports = [free_port() for _ in range(4)]
    model_url = f"http://127.0.0.1:{ports[0]}/v1"
    environment = {
        **os.environ,
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": model_url,
        "DEEPWIKI_TEST_STATIC": "1",
    }
    commands = [
        ["-m", "chat.testing.openai_server", str(ports[0])],
        ["-m", "deepwiki.server", "--port", str(ports[1])],
        ["-m", "bench.relay", str(ports[2]), model_url],
        *[["-m", "deepwiki.server", "--shared", "--port", str(ports[3])]] * 2,
    ]
    running = [
        subprocess.Popen([sys.executable, *c], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
        for c in commands
    ]
    try:
        for port in ports:
            until_listening(port)
        request = {
            "repo_url": repository.url,
            "type": "local",
            "provider": "openai",
        }
        ours = Target(
            f"ws://127.0.0.1:{ports[1]}/ws/chat",
            {"Authorization": f"Bearer {token}"},
            request,
            psutil.Process(running[1].pid),
        )
        pair = Target(
            f"ws://127.0.0.1:{ports[3]}/ws/chat",
            {"Authorization": f"Bearer {token}"},
            request,
            psutil.Process(running[3].pid),
        )
        pair.number = 1_000_000
        relay = Target(f"ws://127.0.0.1:{ports[2]}", {}, request, psutil.Process(running[2].pid))
        return asyncio.run(_compare(ours, relay, pair))
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(40)


class Target:
    """A server to ask."""

    def __init__(
        self, url: str, headers: dict[str, str], request: dict[str, Any], process: psutil.Process
    ) -> None:
        self.url, self.headers, self.request, self.process = url, headers, request, process
        self.number = 0

    async def ask(self, model: str) -> tuple[float, float, int]:
        """Milliseconds to the first piece and to the end, and the number of the model's words that came."""
        async with websockets.connect(
            self.url,
            additional_headers=self.headers,
            compression=None,
            max_size=None,
            open_timeout=60,
        ) as connection:
            began = time.perf_counter()
            # Each question another one: nothing may be answered, or found, from before.
            self.number += 1
            question = {"role": "user", "content": f"How are migrations applied? ({self.number})"}
            await connection.send(
                json.dumps({**self.request, "model": model, "messages": [question]})
            )
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
    rate = {
        name: statistics.median(100 / (row[1] - row[0] or 1) for row in rows)
        for name, rows in singles.items()
    }
    results["chat: first piece ms, ours / relay (ratio)"] = (
        f"{first['ours']:.1f} / {first['relay']:.1f} ({first['ours'] / first['relay']:.1f}x)"
    )
    results["chat: words a second after the first, ours : relay"] = (
        f"{rate['ours'] / rate['relay']:.1f}"
    )
    for name, count, model in (
        ("50 at once, instant", 50, INSTANT),
        ("200 at once, typical", 200, TYPICAL),
    ):
        figures = {}
        for label, target in (("ours", ours), ("two web processes", pair), ("relay", relay)):
            before = target.memory()
            rows = await asyncio.gather(
                *(target.ask(model) for _ in range(count)), return_exceptions=True
            )
            good = [row for row in rows if not isinstance(row, BaseException) and row[2] == 100]
            p95 = (
                sorted(row[0] for row in good)[int(len(good) * 0.95) - 1] if good else float("nan")
            )
            figures[label] = p95
            results[f"chat: {name}, {label}: complete"] = f"{len(good)} of {count}"
            results[f"chat: {name}, {label}: p95 first ms"] = round(p95)
            results[f"chat: {name}, {label}: MiB grown an answer"] = round(
                (target.memory() - before) / count, 2
            )
        results[f"chat: {name}: p95 ratio"] = f"{figures['ours'] / figures['relay']:.1f}x"
    return results
