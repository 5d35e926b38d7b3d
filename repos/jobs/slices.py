"""Vectors in slices: in turn among people and their repositories, beside the words.

One thread of a worker computes them, at a lower priority than the rest of it, so that
one embedder is in memory and no slot for words is ever taken.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid

from django.conf import settings
from django.db import Error, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from deepwiki.foundation.priority import lower_priority
from deepwiki.foundation.sql import fetch_column, read_sql
from repos.jobs import runner
from repos.jobs.claims import CLAIM_TIMEOUT
from repos.jobs.progress import JobProgress, stopping
from repos.models import IndexJob

logger = logging.getLogger(__name__)
NEXT_SLICES = read_sql(__file__, "next_slices.sql")
SLICE_SECONDS = 10.0
PAUSE_SECONDS = 0.2
FIRST_PAUSE_SECONDS = 1.0  # the longest that others hold up the first call of an embedder
PAUSE_SHARE = 0.1  # of the time since the call before: the longest they hold up each other one
IDLE_SECONDS = 1.0
ERROR_SECONDS = 5.0
LOWER_BY = 5  # of the worker's own niceness: words come first, wikis last
BUSY_STAGES = (IndexJob.Stage.READING, IndexJob.Stage.STORING)


class Slice:
    """The pace of one slice: SLICE_SECONDS, held up while others need the cores.

    It has one call of an embedder at least, however long it was held up.
    """

    def __init__(self, progress: JobProgress) -> None:
        self._progress = progress
        self._ends_at = time.monotonic() + SLICE_SECONDS
        self._last_call: float | None = None  # time.monotonic() when it began

    def may_go_on(self) -> bool:
        """See Pace."""
        if self._has_ended():
            return False
        self._wait_for_others(self._longest_pause())
        self._last_call = time.monotonic()
        return True

    def _has_ended(self) -> bool:
        return self._last_call is not None and time.monotonic() > self._ends_at

    def _longest_pause(self) -> float:
        if self._last_call is None:
            return FIRST_PAUSE_SECONDS
        return PAUSE_SHARE * (time.monotonic() - self._last_call)

    def _wait_for_others(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and others_need_cores():
            self._check_cancelled()
            stopping.wait(min(PAUSE_SECONDS, left))

    def _check_cancelled(self) -> None:
        if self._progress.is_cancelled():
            raise InterruptedError


def others_need_cores() -> bool:
    """Are words being indexed, or questions answered, right now?"""
    return _words_are_indexed() or bool(import_string(settings.QUESTIONS_RUNNING)())


def run_next_slice() -> bool:
    """One slice of the job whose turn it is; False when none waits for vectors."""
    return any(runner.run_slice(job_id, Slice) for job_id in next_slices())


def next_slices() -> list[uuid.UUID]:
    """The jobs whose turn is next: of the person, then of theirs the job, served longest ago."""
    return fetch_column(NEXT_SLICES, {})


class SlicesThread(threading.Thread):
    """Runs slices until `stopping` is set."""

    def __init__(self) -> None:
        super().__init__(name="vectors", daemon=True)

    def run(self) -> None:
        lower_priority(LOWER_BY)
        while not stopping.is_set():
            stopping.wait(self._seconds_until_next())

    def _seconds_until_next(self) -> float:
        """Run a slice; returns how long to wait before the next."""
        try:
            return 0.0 if run_next_slice() else IDLE_SECONDS
        except Error:
            logger.warning("the database is not available for vectors", exc_info=True)
        except Exception:
            logger.exception("a slice of vectors failed")
        finally:
            connections.close_all()
        return ERROR_SECONDS


def _words_are_indexed() -> bool:
    alive = timezone.now() - CLAIM_TIMEOUT
    running = IndexJob.objects.filter(state=IndexJob.State.RUNNING, heartbeat_at__gt=alive)
    return running.filter(phase=IndexJob.Phase.WORDS, stage__in=BUSY_STAGES).exists()
