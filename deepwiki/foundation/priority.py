"""Lower priority of background work, as far as the operating system knows one."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import psutil

LOWEST = 19  # niceness
LAST_OF_ITS_CLASS = 7  # of disk priorities, 0 first


def lower_priority(by: int) -> None:
    """Add to the niceness of the calling thread and of the threads and processes it starts.

    Linux keeps one a thread; elsewhere it is the whole process's.
    """
    with contextlib.suppress(OSError, AttributeError):
        niceness = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, 0, min(LOWEST, niceness + by))


def make_background_process(niceness: int) -> None:
    """Lower this process's priority for cores and disk. Called before it starts threads."""
    if niceness <= 0:
        return
    lower_priority(niceness)
    # Linux groups processes by session and weighs the groups, not the niceness inside them.
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(niceness))
    with contextlib.suppress(OSError, AttributeError, psutil.Error, ValueError):
        psutil.Process().ionice(psutil.IOPRIO_CLASS_BE, value=LAST_OF_ITS_CLASS)
