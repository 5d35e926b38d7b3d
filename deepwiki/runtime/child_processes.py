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
SETTINGS = {"DJANGO_SETTINGS_MODULE": "deepwiki.settings", "PYTHONUNBUFFERED": "1"}
STOP_SECONDS = 35  # longer than a web server drains
STABLE_SECONDS = 60  # a process that ran for so long has not crashed at its start
FIRST_DELAY_SECONDS = 0.5
MAX_DELAY_SECONDS = 30.0

Process = subprocess.Popen[bytes]


@dataclass
class Child:
    """A process that is started again when it ends, later each time it ends soon.

    `name` is what people call it.
    """

    name: str
    command: list[str]
    process: Process
    started_at: float = field(default_factory=time.monotonic)
    crashes: int = 0  # in a row, each within STABLE_SECONDS of its start
    retry_at: float | None = None  # None while it runs

    @classmethod
    def start(cls, name: str, command: list[str]) -> Child:
        return cls(name, command, _start(command))

    def keep_running(self) -> None:
        """Start the process again if it has ended and its delay is over."""
        status = self.process.poll()
        now = time.monotonic()
        if status is None:
            return
        if self.retry_at is None:
            self._plan_restart(status, now)
        elif now >= self.retry_at:
            self.process, self.started_at, self.retry_at = _start(self.command), now, None

    def _plan_restart(self, status: int, now: float) -> None:
        if now - self.started_at > STABLE_SECONDS:
            self.crashes = 0
        delay = min(MAX_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2**self.crashes)
        self.crashes += 1
        self.retry_at = now + delay
        count = f", {self.crashes} times in a row" if self.crashes > 1 else ""
        _report(f"The {self.name} ended ({_reason(status)}{count}). Again in {delay:g} s.")


@dataclass
class ChildProcesses:
    """The web servers and the worker. Each is in a session of its own: Ctrl-C reaches only
    the parent, which stops them in order."""

    servers: list[Child] = field(default_factory=list)
    worker: Child | None = None

    def start_servers(self, host: str, port: int, count: int) -> None:
        command = ["-m", "deepwiki.server", "--host", host, "--port", str(port)]
        if count > 1:
            command.append("--shared")
        for _ in range(count):  # one by one: a signal in between must find those started
            self.servers.append(Child.start("web server", command))

    def start_worker(self) -> None:
        self.worker = Child.start("worker", ["-m", "deepwiki.cli.management", "worker"])

    def keep_running(self) -> None:
        """Start again each that has ended; the others go on meanwhile."""
        for child in self._children():
            child.keep_running()

    def stop(self) -> None:
        """Terminate all, wait, and kill the sessions of those that do not end in time."""
        processes = [child.process for child in self._children()]
        for process in processes:
            process.terminate()  # does nothing to one that has ended
        deadline = time.monotonic() + STOP_SECONDS
        for process in processes:
            _wait_or_kill(process, max(0.1, deadline - time.monotonic()))

    def _children(self) -> list[Child]:
        if self.worker is None:
            return [*self.servers]
        return [*self.servers, self.worker]


def _reason(status: int) -> str:
    """How a process ended, from its status as `subprocess` gives it."""
    if status >= 0:
        return f"status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _report(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


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
        env={**os.environ, **SETTINGS},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
