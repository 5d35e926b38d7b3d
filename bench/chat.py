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
from typing import Any

import psutil
import websockets

from bench.processes import ROOT, start_server
from chat.testing.openai_server import OpenAIServer
from deepwiki.testing.ports import reserved_port
from deepwiki.testing.waiting import wait_until

WORDS = 100  # of an answer; each begins with t0
INSTANT = f"fake?tokens={WORDS}"
TYPICAL = f"fake?tokens={WORDS}&first_ms=200&delay_ms=20"
ENDLESS = "fake?tokens=5000&delay_ms=20"
SINGLES = 20
LEAVINGS = 10
WARM_UP = 20  # questions to each process first: connections plan their statements
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
    """Warm single questions, 50 at once, 200 at once; then readers who leave."""
    with _servers() as targets:
        results = asyncio.run(_measure(targets))
    results["chat: ms from leaving to the model's stream closed"] = asyncio.run(_closing_ms())
    return results


@contextlib.contextmanager
def _servers() -> Iterator[Targets]:
    request, headers = request_and_headers()
    processes: list[subprocess.Popen[bytes]] = []
    try:
        model_port, model = start_server("chat.testing.openai_server", stdout=subprocess.DEVNULL)
        processes.append(model)
        model_url = f"http://127.0.0.1:{model_port}/v1"
        port, ours = start_server("deepwiki.server", env=server_environment(model_url))
        processes.append(ours)
        relay_port, relay = start_server("bench.relay", model_url, flag="")
        processes.append(relay)
        shared_port, pair = _start_pair(model_url)
        processes += pair
        chat_url = "ws://127.0.0.1:{}/ws/chat".format
        yield Targets(
            Target(chat_url(port), headers, request, psutil.Process(ours.pid)),
            Target(chat_url(shared_port), headers, request, psutil.Process(pair[0].pid), 1_000_000),
            Target(f"ws://127.0.0.1:{relay_port}", {}, request, psutil.Process(relay.pid)),
        )
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(STOP_SECONDS)


def _start_pair(model_url: str) -> tuple[int, list[subprocess.Popen[bytes]]]:
    """Two web processes that listen on one port."""
    with reserved_port() as port:
        command = [sys.executable, "-m", "deepwiki.server", "--shared", "--port", str(port)]
        pair = [
            subprocess.Popen(command, env=server_environment(model_url), cwd=ROOT) for _ in range(2)
        ]
        wait_until(lambda: all(_listens(process, port) for process in pair))
    return port, pair


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    connections = psutil.Process(process.pid).net_connections("tcp")
    return any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in connections)


def server_environment(model_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": model_url,
        "DEEPWIKI_TEST_STATIC": "1",
    }


def request_and_headers(username: str = "bench") -> tuple[dict[str, Any], dict[str, str]]:
    """The request about the repository that was indexed, and a new user's API token."""
    from django.contrib.auth import get_user_model

    from deepwiki.accounts.models import ApiToken
    from repos.models import Repository

    repository = Repository.objects.exclude(current_index=None).first()
    _token, clear = ApiToken.issue(get_user_model().objects.create_user(username))
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


async def _closing_ms() -> float:
    """Milliseconds from a reader's leaving until the stream of its model is closed: the median."""
    request, headers = await asyncio.to_thread(request_and_headers, "leaving")
    question = {"role": "user", "content": "How are migrations applied?"}
    message = json.dumps({**request, "model": ENDLESS, "messages": [question]})
    took = []
    with OpenAIServer() as model:
        port, server = start_server("deepwiki.server", env=server_environment(model.url))
        try:
            for number in range(1, LEAVINGS + 1):
                async with websockets.connect(
                    f"ws://127.0.0.1:{port}/ws/chat", additional_headers=headers, open_timeout=60
                ) as connection:
                    await connection.send(message)
                    await connection.recv()
                    began = time.perf_counter()
                await model.wait_for_async(lambda number=number: model.closed == number)
                took.append((time.perf_counter() - began) * 1000)
        finally:
            server.terminate()
            server.wait(STOP_SECONDS)
    return round(statistics.median(took), 1)


def _median_first(answers: list[Answer]) -> float:
    return statistics.median(answer.first_ms for answer in answers)


def _median_rate(answers: list[Answer]) -> float:
    return statistics.median(answer.words_per_ms for answer in answers)


def _p95_first(answers: list[Answer]) -> float:
    if not answers:
        return float("nan")
    return sorted(answer.first_ms for answer in answers)[int(len(answers) * 0.95) - 1]
