"""Worker processes for code that may take too long or crash: one call at a time, under limits.

Parent and worker exchange frames (a length of 4 bytes, big-endian, then JSON) on the
worker's standard input and output. A worker that takes too long, or crashed, is killed and
replaced. It has no secrets: no settings, no environment, no database.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import resource
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parents[2]
LENGTH_BYTES = 4
READ_BYTES = 262_144
NICENESS = 5  # below the web server, which shares the cores


class WorkerFailed(Exception):
    """A worker crashed, took too long, or none was free in time."""


class WorkerPool:
    """Up to `size` processes of `python -m module`, started when they are needed.

    A call waits `wait_seconds` for a free one, then `call_seconds` (by the clock, on a
    busy machine; the worker bounds its CPU time itself) for its result.
    """

    def __init__(self, module: str, *, size: int, wait_seconds: float, call_seconds: float) -> None:
        self._module = module
        self._wait_seconds = wait_seconds
        self._call_seconds = call_seconds
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(None)
        atexit.register(self.close)

    def call(self, function: str, **arguments: Any) -> Any:
        """The result of one of the module's functions. Blocks. Raises WorkerFailed."""
        try:
            worker = self._free.get(timeout=self._wait_seconds)
        except queue.Empty:
            raise WorkerFailed("busy") from None
        usable: _Worker | None = None
        try:
            if worker is not None and worker.has_ended:  # somebody killed it meanwhile
                worker.kill()
                worker = None
            worker = worker or _Worker(self._module)
            result = worker.call({"function": function, **arguments}, self._call_seconds)
            usable = worker
        except (OSError, ValueError) as error:
            raise WorkerFailed(type(error).__name__) from error
        finally:
            if usable is None and worker is not None:
                worker.kill()
            self._free.put(usable)
        return result

    def close(self) -> None:
        """End the workers that are free."""
        while True:
            try:
                worker = self._free.get_nowait()
            except queue.Empty:
                return
            if worker is not None:
                worker.kill()


class _Worker:
    """One process, used by one caller at a time."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env={name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def call(self, request: dict[str, Any], seconds: float) -> Any:
        """The result of one request. Raises WorkerFailed, OSError, ValueError."""
        assert self._process.stdin is not None
        self._process.stdin.write(to_frame(request))
        self._process.stdin.flush()
        deadline = time.monotonic() + seconds
        length = frame_length(self._read(LENGTH_BYTES, deadline))
        answer = json.loads(self._read(length, deadline))
        if "error" in answer:
            raise WorkerFailed(answer["error"])
        return answer["result"]

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def kill(self) -> None:
        """End the process and wait for it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # what was not sent is lost
                    stream.close()

    def _read(self, count: int, deadline: float) -> bytes:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN | select.POLLHUP)
        data = bytearray()
        while len(data) < count:
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise WorkerFailed("time")
            piece = os.read(descriptor, min(READ_BYTES, count - len(data)))
            if not piece:
                raise WorkerFailed("ended")
            data += piece
        return bytes(data)


def to_frame(value: object) -> bytes:
    """A value as a frame."""
    body = json.dumps(value).encode()
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def frame_length(header: bytes) -> int:
    """The number of bytes that follow the header of a frame."""
    return int.from_bytes(header, "big")


def serve(functions: Mapping[str, Callable[..., Any]], *, cpu_seconds: int) -> None:
    """The worker's side: answer requests on standard input until it ends.

    A request names its function and the arguments; the answer has `result`, or `error`
    with the name of an exception. The kernel ends the process when one request has used
    `cpu_seconds`.
    """
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        _serve(sys.stdin.buffer, sys.stdout.buffer, functions, cpu_seconds)


def _serve(
    source: BinaryIO,
    target: BinaryIO,
    functions: Mapping[str, Callable[..., Any]],
    cpu_seconds: int,
) -> None:
    while header := source.read(LENGTH_BYTES):
        request = json.loads(source.read(frame_length(header)))
        _allow_cpu_seconds(cpu_seconds)
        function = functions[request.pop("function")]
        try:
            answer = {"result": function(**request)}
        except Exception as error:
            answer = {"error": type(error).__name__}
        target.write(to_frame(answer))
        target.flush()


def _allow_cpu_seconds(seconds: int) -> None:
    """Let the process use `seconds` more."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))
