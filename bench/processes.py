"""Child processes of a measurement: servers, the indexing command, its memory, and the health
of a web server beside it."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from deepwiki.testing.ports import listener, port_of

ROOT = Path(__file__).resolve().parent.parent
ASK_SECONDS = 0.05


def start_server(
    module: str, *arguments: str, flag: str = "--fd", **popen: Any
) -> tuple[int, subprocess.Popen[bytes]]:
    """Run a module that serves a listening socket made here; its port and process.

    The descriptor follows `flag`, or is the first argument if that is empty. Clients can
    connect at once; the kernel keeps them until the server has started.
    """
    with listener() as listening:
        descriptor = listening.fileno()
        command = [sys.executable, "-m", module, *filter(None, [flag, str(descriptor)])]
        process = subprocess.Popen([*command, *arguments], cwd=ROOT, pass_fds=[descriptor], **popen)
        return port_of(listening), process


def start_indexing(folder: Path, **environment: str) -> subprocess.Popen[str]:
    """`manage.py index_repo` in a process of its own; its summary is on stdout."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "index_repo", str(folder)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def resident_mib(pid: int) -> int:
    """Resident memory; 0 when the process has ended."""
    try:
        return psutil.Process(pid).memory_info().rss >> 20
    except psutil.NoSuchProcess:
        return 0


def ask_health(port: int) -> None:
    """One request for /healthz; returns once the server has started."""
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    connection.close()


class HealthProbe:
    """Requests /healthz about twenty times a second, in a thread, until `stop`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._milliseconds: list[float] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self, beside: str = "indexing") -> dict[str, object]:
        self._stopped.set()
        self._thread.join()
        median = round(statistics.median(self._milliseconds), 1)
        return {
            f"healthz beside {beside}: slowest ms": round(max(self._milliseconds)),
            f"healthz beside {beside}: median ms": median,
        }

    def _run(self) -> None:
        while not self._stopped.wait(ASK_SECONDS):
            began = time.perf_counter()
            ask_health(self._port)
            self._milliseconds.append((time.perf_counter() - began) * 1000)
