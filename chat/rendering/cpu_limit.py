"""A bound on the CPU time of Python code, regular expressions included.

The kernel's profiling timer signals the process, and the handler raises in its main
thread. Elsewhere (another thread, a system without the timer) nothing is bounded: the
worker process, which renders, runs in its main thread only.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType

REPEAT_SECONDS = 0.05  # a signal that native code swallowed comes again


class CpuLimitExceeded(BaseException):
    """The CPU time of `cpu_limit` is used up.

    Not an Exception: libraries that catch all of those must not swallow it.
    """


_deadlines: list[float] = []  # of process_time(), the innermost limit's last


@contextlib.contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raise CpuLimitExceeded in the body once it has used `seconds` of CPU time.

    May be nested: the earliest deadline counts, and one that an outer limit set is raised
    again outside of the inner body.
    """
    if seconds <= 0:
        raise CpuLimitExceeded
    if not _can_signal():
        yield
        return
    deadline = time.process_time() + seconds
    _deadlines.append(min([deadline, *_deadlines[-1:]]))
    previous = signal.signal(signal.SIGPROF, _raise)
    try:
        try:
            _arm()
            with _dropped_in_silence():
                yield
        finally:  # a signal that is handled here leaves the rest to the outer one
            signal.setitimer(signal.ITIMER_PROF, 0)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        _deadlines.pop()
        signal.signal(signal.SIGPROF, previous)
        _arm()


@contextlib.contextmanager
def _dropped_in_silence() -> Iterator[None]:
    """Report nothing where the interpreter drops a CpuLimitExceeded.

    One that is raised in a finalizer or a weak reference's callback goes no further than
    that; the repeated signal raises the next one in the body.
    """
    report = sys.unraisablehook

    def report_others(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_type is not CpuLimitExceeded:
            report(unraisable)

    sys.unraisablehook = report_others
    try:
        yield
    finally:
        sys.unraisablehook = report


def _arm() -> None:
    """Start the timer for the innermost deadline, if there is one."""
    if _deadlines:
        left = max(_deadlines[-1] - time.process_time(), 1e-6)
        signal.setitimer(signal.ITIMER_PROF, left, REPEAT_SECONDS)


def _can_signal() -> bool:
    in_main = threading.current_thread() is threading.main_thread()
    return in_main and hasattr(signal, "setitimer")


def _raise(number: int, frame: FrameType | None) -> None:
    raise CpuLimitExceeded
