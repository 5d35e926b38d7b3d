"""The processes that `make run` starts: web servers and a worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONUNBUFFERED": "1"}
STOP_SECONDS = 35  # longer than a web server drains

Process = subprocess.Popen[bytes]


@dataclass
class ChildProcesses:
    """The web servers and the worker. Each is in a session of its own: Ctrl-C reaches only
    the parent, which stops them in order."""

    servers: list[Process] = field(default_factory=list)
    worker: Process | None = None

    def start_servers(self, host: str, port: int, count: int) -> None:
        command = ["-m", "deepwiki.server", "--host", host, "--port", str(port)]
        if count > 1:
            command.append("--shared")
        for _ in range(count):  # one by one: a signal in between must find those started
            self.servers.append(_start(command))

    def start_worker(self) -> None:
        self.worker = _start(["manage.py", "worker"])

    def stop(self) -> None:
        """Terminate all, wait, and kill the sessions of those that do not end in time."""
        children = self._children()
        for child in children:
            child.terminate()  # does nothing to one that has ended
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            _wait_or_kill(child, max(0.1, deadline - time.monotonic()))

    def _children(self) -> list[Process]:
        if self.worker is None:
            return [*self.servers]
        return [*self.servers, self.worker]


def _wait_or_kill(child: Process, seconds: float) -> None:
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _start(arguments: list[str]) -> Process:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
