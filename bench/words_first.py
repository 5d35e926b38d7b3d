"""Three repositories with the built-in embedders: how soon a new one can be asked by words, and
how soon a missing one is told, while two others compute vectors; and questions beside that."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from bench.chat import (
    INSTANT,
    STOP_SECONDS,
    WARM_UP,
    Target,
    _p95_first,
    request_and_headers,
    server_environment,
)
from bench.processes import ROOT, start_server
from deepwiki.testing.waiting import wait_until
from repos.testing import GitHost, make_repository

LOCAL = {"DEEPWIKI_EMBEDDER": "local"}
LARGE_FILES = 4_000
SMALL_FILES = 2
QUESTIONS = 100
LONG = 600.0  # seconds, for two large repositories to be asked by words


def measure() -> dict[str, object]:
    """One worker and one web server over three repositories of one host."""
    os.environ |= LOCAL
    with tempfile.TemporaryDirectory() as folder, GitHost(Path(folder)) as host:
        os.environ["DEEPWIKI_CLONE_ALLOW"] = host.netloc
        for name, files in (("alone", SMALL_FILES), ("one", LARGE_FILES), ("two", LARGE_FILES)):
            make_repository(host.root / name, _files(name, files))
        make_repository(host.root / "new", _files("new", SMALL_FILES))
        return _measure(host)


def _measure(host: GitHost) -> dict[str, object]:
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(_start_worker())
        alone = _seconds_until_words(host, "alone")
        _seconds_until_words(host, "alone")  # the worker has started
        model_port, model = start_server("chat.testing.openai_server", stdout=subprocess.DEVNULL)
        processes.append(model)
        environment = server_environment(f"http://127.0.0.1:{model_port}/v1")
        port, server = start_server("deepwiki.server", env=environment)
        processes.append(server)
        target = _target(port, server)
        idle = asyncio.run(_p95(target))
        _add_large(host)
        beside = _seconds_until_words(host, "new")
        missing = _seconds_until_told(host)
        busy = asyncio.run(_p95(target))
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(STOP_SECONDS)
    return {
        "words first: seconds until words, alone (worker starting)": round(alone, 1),
        "words first: seconds until words, two others computing vectors": round(beside, 1),
        "words first: seconds until a missing repository is told": round(missing, 1),
        "words first: p95 first piece ms, idle / beside vectors (ratio)": (
            f"{idle:.0f} / {busy:.0f} ({busy / idle:.2f}x)"
        ),
    }


def _start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT)


def _files(name: str, count: int) -> dict[str, str]:
    return {
        f"pkg{number % 40}/m{number}.py": (
            f"def {name}_{number}(request):\n    value = {number}\n    return request, value\n"
        )
        for number in range(count)
    }


def _job(host: GitHost, name: str) -> Any:
    from repos import jobs
    from repos.services import add
    from repos.sources import parse_address

    return jobs.request(add(parse_address(f"{host.url}/{name}", "git"), None))[0]


def _fresh(job: Any) -> Any:
    from repos.models import IndexJob

    return IndexJob.objects.select_related("repository").get(pk=job.pk)


def _seconds_until_words(host: GitHost, name: str, seconds: float = 60.0) -> float:
    began = time.perf_counter()
    job = _job(host, name)
    wait_until(lambda: _fresh(job).repository.current_index_id, seconds)
    return time.perf_counter() - began


def _seconds_until_told(host: GitHost) -> float:
    began = time.perf_counter()
    job = _job(host, "missing")
    wait_until(lambda: _fresh(job).state == "failed", 60.0)
    return time.perf_counter() - began


def _add_large(host: GitHost) -> None:
    """Until both large repositories are in the middle of their vectors."""
    large = [_job(host, "one"), _job(host, "two")]
    wait_until(lambda: all(_fresh(job).repository.current_index_id for job in large), LONG)
    wait_until(lambda: all(_fresh(job).vectors_at for job in large), LONG)


def _target(port: int, server: subprocess.Popen[bytes]) -> Target:
    request, headers = request_and_headers("words-first")
    request["type"] = "git"
    url = f"ws://127.0.0.1:{port}/ws/chat"
    return Target(url, headers, request, psutil.Process(server.pid))


async def _p95(target: Target) -> float:
    """Milliseconds to the first piece of questions asked one after the other."""
    for _ in range(WARM_UP):
        await target.ask(INSTANT)
    return _p95_first([await target.ask(INSTANT) for _ in range(QUESTIONS)])
