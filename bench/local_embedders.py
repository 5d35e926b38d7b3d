"""The built-in embedder: vectors of a whole repository by a worker, alone and beside a web server
under load; and what the embedder costs a web process. Takes minutes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from bench.chat import INSTANT, Target, request_and_headers, server_environment
from bench.health_probe import ask_health
from bench.index import copy_of, search_ms
from bench.processes import ROOT, HealthProbe, health_figures, resident_mib, start_server
from deepwiki.testing.waiting import wait_until

POLL_SECONDS = 0.5
STOP_SECONDS = 40
LONG = 1_800.0  # seconds, for the vectors of the source
ASKERS = 2  # questions at once while vectors are computed
QUESTIONS = 200
LOCAL = {"DEEPWIKI_EMBEDDER": "local", "DEEPWIKI_TEST_STATIC": "1"}


def measure(source: Path) -> dict[str, object]:
    """Everything about `source`, which is indexed twice."""
    from django.conf import settings

    os.environ |= LOCAL
    settings.EMBEDDER = "local"
    results = {**_question_ms(), **_web_process()}
    with copy_of(source) as folder, _processes(_worker()) as (worker,):
        results |= _vectors(folder, worker, "alone")
        repository = _repository(folder)
        results["local: chunks"] = repository.current_index.chunks
        results["local: search median ms, question's vector included"] = search_ms(repository)
        results |= _beside_load(folder, worker)
    return results


def _question_ms() -> dict[str, object]:
    from repos.embedders import configured
    from repos.search import embedder_config

    (embedder,) = configured(embedder_config())
    milliseconds = []
    for number in range(QUESTIONS):
        began = time.perf_counter()
        embedder.embed_question(f"How does the dispatcher find the view of a URL? ({number})")
        milliseconds.append((time.perf_counter() - began) * 1000)
    return {"local: a question's vector, median ms": round(statistics.median(milliseconds), 1)}


def _web_process() -> dict[str, object]:
    """Memory of a web process that has started, with the embedder and without one."""
    results: dict[str, object] = {}
    for name in ("local", "none"):
        port, server = start_server(
            "deepwiki.server", env={**os.environ, "DEEPWIKI_EMBEDDER": name}
        )
        with _processes(server):
            ask_health(port)
            results[f"local: web process, MiB, embedder {name}"] = resident_mib(server.pid)
    return results


def _vectors(folder: Path, worker: subprocess.Popen[bytes], beside: str) -> dict[str, object]:
    """Index a folder whole; how long words and vectors took."""
    from repos import jobs
    from repos.services import add
    from repos.sources import parse_address

    began = time.perf_counter()
    job, _ = jobs.request(add(parse_address(str(folder), "local"), None))
    wait_until(lambda: _repository(folder) is not None, LONG)
    words = time.perf_counter() - began
    peak = 0
    while _repository(folder).current_index.state != "ready":
        peak = max(peak, resident_mib(worker.pid))
        time.sleep(POLL_SECONDS)
    vectors = time.perf_counter() - began - words
    wait_until(lambda: not job.repository.jobs.unfinished().exists(), LONG)
    return {
        f"local, {beside}: seconds to the first answer by words": round(words, 1),
        f"local, {beside}: seconds from there to all vectors": round(vectors, 1),
        f"local, {beside}: and to the graph": round(time.perf_counter() - began - words, 1),
        f"local, {beside}: peak memory of the worker, MiB": peak,
    }


def _beside_load(folder: Path, worker: subprocess.Popen[bytes]) -> dict[str, object]:
    """Index it again, from nothing, while questions about another repository are asked."""
    _repository(folder).delete()
    with copy_of(ROOT / "repos") as other:
        _vectors(other, worker, "other")
        model_port, model = start_server("chat.testing.openai_server", stdout=subprocess.DEVNULL)
        environment = server_environment(f"http://127.0.0.1:{model_port}/v1")
        port, server = start_server("deepwiki.server", env=environment)
        with _processes(model, server), _questions(port, server) as answered:
            probe = HealthProbe(port)
            results = _vectors(folder, worker, "beside load")
            results |= health_figures("vectors", probe.stop())
    results["local, beside load: questions answered meanwhile"] = len(answered)
    return results


@contextlib.contextmanager
def _questions(port: int, server: subprocess.Popen[bytes]) -> Iterator[list[float]]:
    """ASKERS questions at a time; yields the milliseconds to the first piece of each answer."""
    request, headers = request_and_headers("local")
    target = Target(f"ws://127.0.0.1:{port}/ws/chat", headers, request, psutil.Process(server.pid))
    ended = threading.Event()
    answered: list[float] = []

    async def ask() -> None:
        while not ended.is_set():
            answered.append((await target.ask(INSTANT)).first_ms)

    async def ask_all() -> None:
        await asyncio.gather(*(ask() for _ in range(ASKERS)))

    thread = threading.Thread(target=asyncio.run, args=(ask_all(),))
    thread.start()
    try:
        yield answered
    finally:
        ended.set()
        thread.join()


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT)


@contextlib.contextmanager
def _processes(
    *processes: subprocess.Popen[bytes],
) -> Iterator[tuple[subprocess.Popen[bytes], ...]]:
    """End the processes afterwards."""
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(STOP_SECONDS)


def _repository(folder: Path) -> Any:
    """The repository of a folder once it has an index; None before."""
    from repos.models import Repository

    indexed = Repository.objects.select_related("current_index").exclude(current_index=None)
    return indexed.filter(url=str(folder.resolve())).first()
