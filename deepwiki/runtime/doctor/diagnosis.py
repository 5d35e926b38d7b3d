"""Runs checks side by side, each in a thread of its own that is given up after its time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from django.db import connections

from deepwiki.foundation.incidents import log_incident
from deepwiki.runtime.doctor.finding import DoctorCheck, Finding, Outcome, State, failed

logger = logging.getLogger(__name__)


@dataclass
class _Started:
    check: DoctorCheck
    outcome: Future[tuple[Outcome, int]]
    deadline: float


Findings = dict[str, Finding]  # by the names of their checks


def diagnose(checks: Sequence[DoctorCheck]) -> list[Finding]:
    """One finding a check, in order. Blocks for twice the longest time limit at most.

    Checks whose needs failed are not run. A need that is not among `checks` counts as met.
    """
    found = _run_all([check for check in checks if not check.needs])
    found |= _run_all(_possible(checks, found))
    return [found.get(check.name) or _not_run(check) for check in checks]


def _possible(checks: Sequence[DoctorCheck], found: Findings) -> list[DoctorCheck]:
    """Those that need another, which did not fail."""
    dependent = [check for check in checks if check.needs]
    return [check for check in dependent if not _has_failed(found, check.needs)]


def _has_failed(found: Findings, name: str) -> bool:
    return name in found and found[name].state is State.FAILED


def _not_run(check: DoctorCheck) -> Finding:
    outcome = failed(f"Could not be looked at before “{check.needs}” works.")
    return _finding(check, outcome, 0)


def _run_all(checks: Sequence[DoctorCheck]) -> Findings:
    started = [_start(check) for check in checks]
    return {each.check.name: _finish(each) for each in started}


def _start(check: DoctorCheck) -> _Started:
    outcome: Future[tuple[Outcome, int]] = Future()
    thread = threading.Thread(
        target=_run, args=(check, outcome), name=f"doctor-{check.name}", daemon=True
    )
    started = _Started(check, outcome, time.monotonic() + check.seconds)
    thread.start()
    return started


def _finish(started: _Started) -> Finding:
    check = started.check
    try:
        left = max(0.0, started.deadline - time.monotonic())
        outcome, milliseconds = started.outcome.result(left)
    except TimeoutError:
        outcome, milliseconds = _given_up(check)
    return _finding(check, outcome, milliseconds)


def _given_up(check: DoctorCheck) -> tuple[Outcome, int]:
    outcome = failed(f"No answer within {check.seconds:.0f} seconds.")
    return outcome, round(check.seconds * 1000)


def _finding(check: DoctorCheck, outcome: Outcome, milliseconds: int) -> Finding:
    return Finding(
        check.name, check.title, outcome.state, outcome.message, outcome.fix, milliseconds
    )


def _run(check: DoctorCheck, result: Future[tuple[Outcome, int]]) -> None:
    began = time.monotonic()
    try:
        outcome = check.run()
    except Exception:
        outcome = _broken(check)
    finally:
        connections.close_all()
    result.set_result((outcome, round((time.monotonic() - began) * 1000)))


def _broken(check: DoctorCheck) -> Outcome:
    """Logs the exception being handled."""
    incident = log_incident(logger, f"the check {check.name} failed")
    return failed(f"The check itself failed; the log says why, incident {incident}.")
