"""Chat under load, as ratios to a bare relay in the same run. Loopback only, bounded counts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import websockets

from bench.environment import free_port, wait_until_listening

ROOT = Path(__file__).resolve().parent.parent
WORDS = 100  # of an answer; each begins with t0
INSTANT = f"fake?tokens={WORDS}"
TYPICAL = f"fake?tokens={WORDS}&first_ms=200&delay_ms=20"
SINGLES = 20
WARM_UP = 3  # questions to each process before anything is measured
LOADS = [("50 at once, instant", 50, INSTANT), ("200 at once, typical", 200, TYPICAL)]
STOP_SECONDS = 40


@dataclass(frozen=True)
class Answer:
    """Milliseconds to the first piece and to the end, and the model's words that came."""

    first_ms: float
    total_ms: float
    words: int

    @property
    def words_per_ms(self) -> float:
        """After the first piece."""
        return WORDS / (self.total_ms - self.first_ms or 1)


@dataclass
class Target:
    """A chat server at `url`, and one of its processes for CPU and memory."""

    url: str
    headers: dict[str, str]
    request: dict[str, Any]
    process: psutil.Process
    number: int = 0  # of the last question

    async def ask(self, model: str) -> Answer:
        """Send a question that no other resembles: nothing is answered or found before."""
        self.number += 1
        question = {"role": "user", "content": f"How are migrations applied? ({self.number})"}
        request = json.dumps({**self.request, "model": model, "messages": [question]})
        async with websockets.connect(
            self.url,
            additional_headers=self.headers,
            compression=None,
            max_size=None,
            open_timeout=60,
        ) as connection:
            began = time.perf_counter()
            await connection.send(request)
            first, text = 0.0, ""
            async for piece in connection:
                first = first or (time.perf_counter() - began) * 1000
                text += str(piece)
            return Answer(first, (time.perf_counter() - began) * 1000, text.count("t0"))

    def cpu_seconds(self) -> float:
        times = self.process.cpu_times()
        return times.user + times.system

    def memory(self) -> float:
        """Resident memory in MiB."""
        return self.process.memory_info().rss / 2**20


@dataclass(frozen=True)
class Targets:
    """One web process, two web processes on one port, and the relay."""

    ours: Target
    pair: Target
    relay: Target


def measure() -> dict[str, object]:
    """Warm single questions, 50 at once, 200 at once."""
    with _servers() as targets:
        return asyncio.run(_measure(targets))


@contextlib.contextmanager
def _servers() -> Iterator[Targets]:
    model, ours, relay, pair = ports = [free_port() for _ in range(4)]
    model_url = f"http://127.0.0.1:{model}/v1"
    commands = [
        ["-m", "chat.testing.openai_server", str(model)],
        ["-m", "deepwiki.server", "--port", str(ours)],
        ["-m", "bench.relay", str(relay), model_url],
        *[["-m", "deepwiki.server", "--shared", "--port", str(pair)]] * 2,
    ]
    request, headers = _request_and_headers()
    processes = [_start(command, model_url) for command in commands]
    try:
        for port in ports:
            wait_until_listening(port)
        _, our_process, relay_process, pair_process, _ = [psutil.Process(p.pid) for p in processes]
        yield Targets(
            Target(f"ws://127.0.0.1:{ours}/ws/chat", headers, request, our_process),
            Target(f"ws://127.0.0.1:{pair}/ws/chat", headers, request, pair_process, 1_000_000),
            Target(f"ws://127.0.0.1:{relay}", {}, request, relay_process),
        )
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(STOP_SECONDS)


def _start(command: list[str], model_url: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": model_url,
        "DEEPWIKI_TEST_STATIC": "1",
    }
    return subprocess.Popen(
        [sys.executable, *command], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL
    )


def _request_and_headers() -> tuple[dict[str, Any], dict[str, str]]:
    """The request about the repository that was indexed, and a new user's API token."""
    from django.contrib.auth import get_user_model

    from deepwiki.accounts.models import ApiToken
    from repos.models import Repository

    repository = Repository.objects.exclude(current_index=None).first()
    _token, clear = ApiToken.issue(get_user_model().objects.create_user("bench"))
    request = {"repo_url": repository.url, "type": "local", "provider": "openai"}
    return request, {"Authorization": f"Bearer {clear}"}


async def _measure(targets: Targets) -> dict[str, object]:
    # The kernel spreads connections between the pair: more of them reach both.
    for target in (targets.ours, targets.relay, *[targets.pair] * 4):
        for _ in range(WARM_UP):
            await target.ask(INSTANT)
    results = await _singles(targets)
    for name, count, model in LOADS:
        results |= await _load(targets, name, count, model)
    return results


async def _singles(targets: Targets) -> dict[str, object]:
    cpu = targets.ours.cpu_seconds()
    ours = [await targets.ours.ask(INSTANT) for _ in range(SINGLES)]
    cpu_ms = (targets.ours.cpu_seconds() - cpu) / SINGLES * 1000
    relay = [await targets.relay.ask(INSTANT) for _ in range(SINGLES)]
    our_first, relay_first = _median_first(ours), _median_first(relay)
    rate = _median_rate(ours) / _median_rate(relay)
    ratio = our_first / relay_first
    first = f"{our_first:.1f} / {relay_first:.1f} ({ratio:.1f}x)"
    return {
        "chat: CPU ms a question": round(cpu_ms, 1),
        "chat: first piece ms, ours / relay (ratio)": first,
        "chat: words a second after the first, ours : relay": f"{rate:.1f}",
    }


async def _load(targets: Targets, name: str, count: int, model: str) -> dict[str, object]:
    results: dict[str, object] = {}
    p95 = {}
    labelled = {"ours": targets.ours, "two web processes": targets.pair, "relay": targets.relay}
    for label, target in labelled.items():
        before = target.memory()
        answers = await asyncio.gather(
            *(target.ask(model) for _ in range(count)), return_exceptions=True
        )
        complete = [a for a in answers if isinstance(a, Answer) and a.words == WORDS]
        grown = (target.memory() - before) / count
        p95[label] = _p95_first(complete)
        results[f"chat: {name}, {label}: complete"] = f"{len(complete)} of {count}"
        results[f"chat: {name}, {label}: p95 first ms"] = round(p95[label])
        results[f"chat: {name}, {label}: MiB grown an answer"] = round(grown, 2)
    results[f"chat: {name}: p95 ratio"] = f"{p95['ours'] / p95['relay']:.1f}x"
    return results


def _median_first(answers: list[Answer]) -> float:
    return statistics.median(answer.first_ms for answer in answers)


def _median_rate(answers: list[Answer]) -> float:
    return statistics.median(answer.words_per_ms for answer in answers)


def _p95_first(answers: list[Answer]) -> float:
    if not answers:
        return float("nan")
    return sorted(answer.first_ms for answer in answers)[int(len(answers) * 0.95) - 1]
