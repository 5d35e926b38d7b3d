"""Real server processes over the test database, kept from test to test where no setting differs.

Starting one costs about two seconds of CPU time. A test takes a server for an environment and gives
it back; the next that asks for the same environment gets the same process, provided that it still
runs and no answer is being written.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from deepwiki.testing.ports import listener, port_of
from deepwiki.testing.waiting import wait_until

COMMANDS = {
    "daphne": ["-m", "deepwiki.server"],
    "uvicorn": ["-m", "uvicorn", "deepwiki.asgi:application", "--log-level", "warning"],
}
MOST_IDLE = 6
IDLE_SECONDS = 5.0
START_SECONDS = 90.0  # on a machine where every core is busy


@dataclass
class Live:
    """A real server process. `log` is where its output goes, all of it since it was started."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80

    def wait_until_serving(self) -> None:
        """Returns once it answers; its socket listens before that. Raises OSError after
        START_SECONDS."""
        with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=START_SECONDS) as response:
            response.read()


class Servers:
    """The server processes of one test session."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = 0
        self._idle: list[tuple[object, Live]] = []
        self._taken: list[tuple[object, Live]] = []
        self._ending: list[Live] = []

    def take(self, kind: str, environment: Mapping[str, str], *, own: bool = False) -> Live:
        """A server of this kind ("daphne" or "uvicorn") and environment that nobody else uses.

        It may have served another test, unless it is to be the test's `own`: one that is measured or
        killed. Returns before it serves: clients can connect, and wait until it has started.
        """
        key = None if own else (kind, tuple(sorted(environment.items())))
        for place, (known, live) in enumerate(self._idle):
            if key is not None and known == key and live.process.poll() is None:
                del self._idle[place]
                break
        else:
            self._started += 1
            live = start_server(kind, self._folder / f"{self._started}-{kind}.log", environment)
        self._taken.append((key, live))
        return live

    def give_back_all(self) -> None:
        """Stop the servers taken that were a test's own or are still busy; keep the others."""
        taken, self._taken = self._taken, []
        for key, live in taken:
            if key is None or live.process.poll() is not None or not _is_idle():
                stop(live.process)
            else:
                self._idle.append((key, live))
        while len(self._idle) > MOST_IDLE:
            _, live = self._idle.pop(0)
            live.process.send_signal(signal.SIGTERM)  # idle: nobody need wait until it has ended
            self._ending.append(live)

    def stop_idle(self) -> None:
        """Stop the servers that no test uses now, and wait until they have ended."""
        ending = [*self._ending, *(live for _, live in self._idle)]
        self._idle, self._ending = [], []
        for live in ending:
            if live.process.poll() is None:
                live.process.send_signal(signal.SIGTERM)
        for live in ending:
            stop(live.process)


def start_server(kind: str, log: Path, environment: Mapping[str, str]) -> Live:
    """Start a server on a listening socket of ours; returns before it serves."""
    with listener() as listening, log.open("wb") as out:
        port = port_of(listening)
        process = subprocess.Popen(
            [sys.executable, *COMMANDS[kind], "--fd", str(listening.fileno())],
            env=child_environment(port, environment),
            pass_fds=[listening.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    return Live(f"http://localhost:{port}", process, log)


def child_environment(port: int, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child that works on the test database."""
    from django.db import connection

    params = connection.get_connection_params()
    host, name = params.get("host", ""), connection.settings_dict["NAME"]
    url = f"postgresql://deepwiki@/{name}?host={host}"
    if "DATABASE_URL" in os.environ:
        url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "PORT": str(port),
        "DEEPWIKI_POOL_SIZE": "5",
        "DEEPWIKI_DEBUG": "false",
        "DEEPWIKI_TEST_STATIC": "1",
        "DEEPWIKI_WORKER_NICENESS": "0",  # beside other test processes it would wait for them
        **extra,
    }


def stop(process: subprocess.Popen[bytes], seconds: float = 15) -> int:
    """End a child by SIGTERM, by SIGKILL when it takes longer; its exit status."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


def _is_idle() -> bool:
    """No answer is being written any more. One that ends in a moment is waited for."""
    from chat.models import Message

    running = Message.objects.filter(state=Message.State.RUNNING)
    try:
        return wait_until(lambda: not running.exists(), IDLE_SECONDS)
    except AssertionError:
        return False
