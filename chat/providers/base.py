"""What adapters share: their configuration, time-outs, retries."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from chat.core.errors import Blocked, ChatError, CutOff, ProviderError, RateLimited, Unavailable
from chat.core.ports import LengthLimit, Piece
from chat.providers.tool_refusals import ToolRefusals

logger = logging.getLogger(__name__)

RETRIES = 2
MAX_WAIT_SECONDS = 20.0
FIRST_WAIT_SECONDS = 0.5
# A model that is being loaded is asked again this often, within the time to a first piece.
LOADING_SECONDS = 3.0
# How long token counts may follow the end of an answer.
ENDING_SECONDS = 5.0


class Signal:
    """What an adapter tells the reader of its stream, besides the pieces of the answer.

    ALIVE: something came that holds no text. ENDED: the answer is complete.
    """

    def __init__(self, name: Literal["alive", "ended"]) -> None:
        self.name = name


ALIVE = Signal("alive")
ENDED = Signal("ended")

Pieces = AsyncGenerator[Piece]
Signals = AsyncGenerator[Piece | Signal]


class TimedOut(Unavailable):
    """A time-out of ours passed. Not asked again: the service may charge for each time."""


@dataclass(frozen=True)
class Timeouts:
    """Seconds until the first piece, between pieces, and of one stream with its retries."""

    first: float = 60.0
    idle: float = 60.0
    call: float = 180.0

    def for_thinking(self, *, thinks: bool) -> Timeouts:
        """These; for a model that thinks in silence, a first piece may take the whole call."""
        return replace(self, first=self.call) if thinks else self


@dataclass(frozen=True)
class ProviderConfig:
    """One provider's settings.

    `environment` holds the variables that its adapter declares; `tool_refusals` is shared
    by the adapters of all event loops.
    """

    name: str
    key: str = field(default="", repr=False)
    address: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    timeouts: Timeouts = field(default_factory=Timeouts)
    environment: Mapping[str, str] = field(default_factory=dict)
    tool_refusals: ToolRefusals = field(default_factory=ToolRefusals, compare=False)


async def with_timeouts_and_retries(
    open_stream: Callable[[], Signals], timeouts: Timeouts
) -> Pieces:
    """The pieces of `open_stream()`, with time-outs and up to two retries.

    Retries only before the first piece, and not after a time-out: a second answer must
    never be appended to the first, or paid for. Raises the ProviderError family: TimedOut
    when a time-out passes, Unavailable for what no adapter foresees.
    """
    call = _Call(timeouts)
    while True:
        try:
            async with contextlib.aclosing(open_stream()) as signals:
                while (piece := await call.next(signals)) is not None:
                    if not isinstance(piece, Signal):
                        yield piece
            return
        except ProviderError as error:
            if call.has_ended and not isinstance(error, Blocked):
                return
            wait = call.seconds_before_retry(error)
            if wait is None:
                raise
        await asyncio.sleep(wait)


@dataclass
class _Call:
    """The state of one question to a service: its time, what came, how often it was asked."""

    timeouts: Timeouts
    has_ended: bool = False
    _is_alive: bool = False
    _has_pieces: bool = False
    _started_at: float = field(default_factory=time.monotonic)
    _retries: int = 0

    async def next(self, signals: Signals) -> Piece | Signal | None:
        """The next piece or signal; None at the end."""
        now = time.monotonic()
        seconds = self._seconds(now)
        try:
            async with asyncio.timeout(seconds):
                piece = await anext(signals, None)
        except TimeoutError:
            raise self._timed_out(now + seconds) from None
        except ChatError:
            raise
        except Exception as error:
            raise self._unforeseen(error) from error
        self._note(piece)
        return piece

    def seconds_before_retry(self, error: ProviderError) -> float | None:
        """How long to wait before the service is asked again; None: it is not."""
        passing = isinstance(error, RateLimited | Unavailable)
        if self._has_pieces or not passing or isinstance(error, TimedOut):
            return None
        if error.reason == "model_loading":
            return self._seconds_until_loaded(error)
        if self._retries >= RETRIES:
            return None
        wait = self._seconds_of(error)
        self._retries += 1
        return wait if wait <= min(MAX_WAIT_SECONDS, self._seconds_left()) else None

    def _note(self, piece: Piece | Signal | None) -> None:
        self._is_alive = True
        if isinstance(piece, Signal):
            self.has_ended = self.has_ended or piece is ENDED
        elif piece is not None:
            self._has_pieces = True
            self.has_ended = self.has_ended or isinstance(piece, LengthLimit)

    def _seconds(self, now: float) -> float:
        if self.has_ended:
            return ENDING_SECONDS
        usual = self.timeouts.idle if self._is_alive else self.timeouts.first
        return max(0.0, min(usual, self._deadline - now))

    @property
    def _deadline(self) -> float:
        return self._started_at + self.timeouts.call

    def _seconds_left(self) -> float:
        return self._deadline - time.monotonic()

    def _timed_out(self, now: float) -> ProviderError:
        if now >= self._deadline:
            return self._call_too_long()
        return TimedOut("silent_in_answer" if self._is_alive else "silent_before_answer")

    def _call_too_long(self) -> ProviderError:
        kind = CutOff if self._has_pieces else TimedOut
        return kind("call_too_long")

    def _seconds_until_loaded(self, error: ProviderError) -> float | None:
        wait = float(error.retry_after or LOADING_SECONDS)
        waited = time.monotonic() - self._started_at
        return wait if waited + wait <= self.timeouts.first else None

    def _seconds_of(self, error: ProviderError) -> float:
        if error.retry_after is not None:
            return error.retry_after
        return _backoff_seconds(self._retries)

    def _unforeseen(self, error: Exception) -> ProviderError:
        """Its text may hold a key, so only its class is logged."""
        logger.warning("a model's service raised %s", type(error).__name__)
        return CutOff() if self._has_pieces else Unavailable("unreadable_reply")


def _backoff_seconds(retries: int) -> float:
    """Exponential, with a jitter of ±50 %."""
    jitter = 0.5 + random.random()  # noqa: S311
    return float(FIRST_WAIT_SECONDS * 2**retries * jitter)
