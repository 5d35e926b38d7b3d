"""Joining the small pieces of text that a model streams."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

COALESCE_SECONDS = 0.03


def _ignore(_: object) -> None:
    """What a closed one calls."""


class Coalescer:
    """Emits text at most every COALESCE_SECONDS; the first piece after a pause at once.

    `emit` is called on the event loop, with text that is not empty. What it raises comes
    out of `add` and `flush`; from the timer it goes to `fail`.
    """

    def __init__(self, emit: Callable[[str], None], fail: Callable[[Exception], None]) -> None:
        self._emit = emit
        self._fail = fail
        self._pending: list[str] = []
        self._emitted_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, text: str) -> None:
        """Emit `text` now, or together with what arrives until the interval is over."""
        self._pending.append(text)
        if self._timer is not None:
            return
        wait = self._emitted_at + COALESCE_SECONDS - time.monotonic()
        if wait <= 0:
            self.flush()
        else:
            self._timer = asyncio.get_running_loop().call_later(wait, self._flush_late)

    def flush(self) -> None:
        """Emit what is pending now."""
        self._cancel_timer()
        if not self._pending:
            return
        text = "".join(self._pending)
        self._pending.clear()
        self._emitted_at = time.monotonic()
        self._emit(text)

    def close(self) -> None:
        """Nothing comes any more: let go of `emit` and `fail`, which refer to the run."""
        self._cancel_timer()
        self._emit = self._fail = _ignore

    def _flush_late(self) -> None:
        try:
            self.flush()
        except Exception as error:  # the outermost edge of a timer
            self._fail(error)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
