"""Requests /healthz of a port until standard input ends, then prints the milliseconds of each
as JSON: `python -m bench.health_probe PORT`. A process of its own, so that it waits for the
server alone.
"""

from __future__ import annotations

import http.client
import json
import select
import sys
import time

PAUSE_SECONDS = 0.005


def ask_health(port: int) -> float:
    """Milliseconds of one request; returns once the server has started."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    connection.request("GET", "/healthz")
    response = connection.getresponse()
    response.read()
    assert response.status == 200
    connection.close()
    return (time.perf_counter() - began) * 1000


def main() -> None:
    port = int(sys.argv[1])
    milliseconds = [ask_health(port)]
    print("ready", flush=True)
    while not _is_told_to_stop():
        milliseconds.append(ask_health(port))
    print(json.dumps(milliseconds))


def _is_told_to_stop() -> bool:
    """Waits PAUSE_SECONDS for it."""
    readable, _, _ = select.select([sys.stdin], [], [], PAUSE_SECONDS)
    return bool(readable)


if __name__ == "__main__":
    main()
