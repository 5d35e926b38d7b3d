"""`make run` brings back what dies, and ends only when it is told to."""

import os
import signal

import psutil
import pytest

from deepwiki.testing.waiting import wait_until
from deepwiki.tests.test_run import (
    checkouts,
    ended,
    home,
    port,
    processes_in,
    read_until,
    start,
    status,
)

__all__ = ["checkouts", "home", "port"]
pytestmark = pytest.mark.acceptance


def children(process, words):
    return [
        child.pid for child in psutil.Process(process.pid).children() if words in command(child)
    ]


def command(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return ""


def answers(port):
    try:
        return status(port) == 200
    except OSError:
        return False


def test_web_servers_and_the_worker_come_back_one_by_one(home, port):
    process = start(home, port, DEEPWIKI_WEB_PROCESSES="2")
    try:
        read_until(process, "Ctrl-C")
        for words in ("deepwiki.server", "worker"):
            before = wait_until(lambda words=words: children(process, words))
            os.kill(before[0], signal.SIGKILL)
            wait_until(
                lambda words=words, before=before: (
                    len(children(process, words)) == len(before)
                    and before[0] not in children(process, words)
                ),
                60,
            )
            assert before[1:] == [pid for pid in children(process, words) if pid in before]
        wait_until(lambda: answers(port), 60)
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGINT)
        assert ended(process) == 0
    assert processes_in(home) == []
