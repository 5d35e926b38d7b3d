"""Child processes of a measurement: servers, the indexing command, its memory, and the health
of a web server beside it."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

from deepwiki.testing.ports import listener, port_of

ROOT = Path(__file__).resolve().parent.parent


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


class HealthProbe:
    """Requests /healthz again and again, from a process of its own, until `stop`."""

    def __init__(self, port: int) -> None:
        command = [sys.executable, "-m", "bench.health_probe", str(port)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()  # it has begun

    def stop(self) -> list[float]:
        """The milliseconds of each request, in ascending order."""
        answer, _ = self._process.communicate()
        return sorted(json.loads(answer))


def health_figures(beside: str, milliseconds: list[float]) -> dict[str, object]:
    """What a probe measured, as results."""
    count = len(milliseconds)
    return {
        f"healthz beside {beside}: slowest ms": round(milliseconds[-1]),
        f"healthz beside {beside}: 99 of 100 within ms": round(milliseconds[count * 99 // 100]),
        f"healthz beside {beside}: median ms": round(statistics.median(milliseconds), 1),
        f"healthz beside {beside}: asked": count,
    }
