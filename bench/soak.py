"""Whether the memory of a web process stays flat under a steady stream of questions."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import time
from collections import Counter
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
ASKERS = 50  # people whose questions take turns
ANSWER_SECONDS = 60  # after which a question counts as lost
OPEN_SECONDS = 30
STORE_SECONDS = 45
REFUSED = 4429
ASKER = "soak-"
MODEL = "fake?tokens=60&delay_ms=5"
EVENTS = "deepwiki.events.v1"


@dataclass
class Soak:
    """Questions in turn over both dialects, each over a socket of its own."""

    url: str
    askers: list[dict[str, str]]  # the headers of each
    request: dict[str, Any]
    process: psutil.Process
    rate: float
    asked: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)  # of the complete answers
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
        ask = self._plain if number % 2 else self._events
        began = time.monotonic()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                outcome = await ask(request, self.askers[number % len(self.askers)])
        except (OSError, websockets.WebSocketException, TimeoutError) as error:
            outcome = _outcome_of(error)
        self.outcomes[outcome] += 1
        if outcome == "complete":
            self.seconds.append(time.monotonic() - began)

    async def _plain(self, request: dict[str, Any], headers: dict[str, str]) -> str:
        async with websockets.connect(
            self.url, additional_headers=headers, open_timeout=OPEN_SECONDS
        ) as connection:
            await connection.send(json.dumps(request))
            text = "".join([str(piece) async for piece in connection])
            is_whole = "t0059" in text and connection.close_code == 1000
            return "complete" if is_whole else "incomplete"

    async def _events(self, request: dict[str, Any], headers: dict[str, str]) -> str:
        async with websockets.connect(
            self.url, additional_headers=headers, subprotocols=[EVENTS], open_timeout=OPEN_SECONDS
        ) as connection:
            await connection.send(json.dumps({"event": "ask", "render": "html", **request}))
            async for message in connection:
                event = json.loads(message)
                if event["event"] == "error" and event["code"] == "too_many":
                    return "refused"
                if event["event"] == "done":
                    return str(event["state"])
        return "incomplete"


def _outcome_of(error: Exception) -> str:
    """How a question ended that raised."""
    if isinstance(error, websockets.ConnectionClosed) and error.rcvd is not None:
        return "refused" if error.rcvd.code == REFUSED else f"closed {error.rcvd.code}"
    if isinstance(error, websockets.InvalidStatus):
        return f"refused with {error.response.status_code}"
    return type(error).__name__


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
    await asyncio.sleep(STORE_SECONDS)  # by then the last one was stored or given up
    name = f"soak, {load.rate:g} questions a second for {load.minutes} min"
    return {
        f"{name}: MiB at the start": started,
        f"{name}: median MiB of each minute": [round(value) for value in minutes],
        f"{name}: growth": f"{_growth(minutes):.1%}",
        f"{name}: asked, and how it ended": f"{soak.asked}: {dict(soak.outcomes)}",
        f"{name}: seconds of a complete answer, median / p95": _median_and_p95(soak.seconds),
        f"{name}: answers as they are stored": await asyncio.to_thread(_stored_states),
    }


def _median_and_p95(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    return f"{ordered[len(ordered) // 2]:.1f} / {ordered[len(ordered) * 95 // 100]:.1f}"


def _stored_states() -> dict[str, int]:
    """How many answers of the askers are stored in each state."""
    from django.db.models import Count

    from chat.models import Message

    answers = Message.objects.filter(
        role=Message.Role.ASSISTANT, conversation__user__username__startswith=ASKER
    )
    return dict(answers.values_list("state").annotate(Count("pk")).order_by("state"))


def _growth(minutes: list[float]) -> float:
    """From the first fifth of the minutes to the last: a garbage collection moves each of them."""
    count = max(1, len(minutes) // 5)
    return statistics.fmean(minutes[-count:]) / statistics.fmean(minutes[:count]) - 1


@contextlib.contextmanager
def _soak(rate: float) -> Iterator[Soak]:
    pairs = [request_and_headers(f"{ASKER}{number}") for number in range(ASKERS)]
    askers = [headers for _, headers in pairs]
    process: subprocess.Popen[bytes] | None = None
    with OpenAIServer() as model:
        environment = {**os.environ, "OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
        environment |= {"DEEPWIKI_TEST_STATIC": "1", "DEEPWIKI_CACHE_SECONDS": "300"}
        try:
            port, process = start_server("deepwiki.server", env=environment)
            ask_health(port)
            url = f"ws://127.0.0.1:{port}/ws/chat"
            yield Soak(url, askers, pairs[0][0], psutil.Process(process.pid), rate)
        finally:
            if process is not None:
                process.terminate()
                process.wait(STOP_SECONDS)
