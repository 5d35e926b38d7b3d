"""Ports of this machine: a free one, and waiting until somebody listens."""

from __future__ import annotations

import socket
import subprocess
import time

SECONDS = 30.0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int, process: subprocess.Popen[bytes] | None = None) -> bool:
    """Wait until somebody listens on `port`; False when nobody does in time, or `process` has ended."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and (process is None or process.poll() is None):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
