"""A check of the doctor, and what it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How a part is doing. A WARNING works and may not do so for long, or not for everybody."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """What a check found: plain words without keys, paths or traces.

    `fix` is the line to change or to run; empty where there is none.
    """

    state: State
    message: str
    fix: str = ""


@dataclass(frozen=True)
class DoctorCheck:
    """A part that can be looked at. `name` is also the anchor of its line on the page.

    `run` blocks and may raise. It is given up after `seconds`. `needs` names a check without
    which this one cannot tell anything.
    """

    name: str
    title: str
    run: Callable[[], Outcome]
    seconds: float = 10.0
    needs: str = ""


@dataclass(frozen=True)
class Finding:
    """The outcome of one check, and how long it took."""

    check: str
    title: str
    state: State
    message: str
    fix: str = ""
    milliseconds: int = 0

    def as_json(self) -> dict[str, Any]:
        """Its fields, for programs."""
        return asdict(self)


def ok(message: str) -> Outcome:
    """The part works."""
    return Outcome(State.OK, message)


def warning(message: str, fix: str = "") -> Outcome:
    """The part works with a reservation."""
    return Outcome(State.WARNING, message, fix)


def failed(message: str, fix: str = "") -> Outcome:
    """The part does not work."""
    return Outcome(State.FAILED, message, fix)


def worst(findings: list[Finding]) -> State:
    """The state of all together."""
    order = list(State)
    return max((finding.state for finding in findings), key=order.index, default=State.OK)
