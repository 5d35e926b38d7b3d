"""What adapters share: their configuration, time-outs, retries, errors."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field

from chat.core.errors import ProviderError, RateLimited, Unavailable
from chat.core.ports import Text, Tokens

RETRIES = 2
MAX_WAIT_SECONDS = 20.0
FIRST_WAIT_SECONDS = 0.5

Pieces = AsyncGenerator[Text | Tokens]


@dataclass(frozen=True)
class Timeouts:
    """Seconds until the first piece, and between pieces."""

    first: float = 60.0
    idle: float = 60.0


@dataclass(frozen=True)
class ProviderConfig:
    """One provider's settings.

    `environment` holds the variables that its adapter declares.
    """

    name: str
    key: str = field(default="", repr=False)
    address: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    timeouts: Timeouts = field(default_factory=Timeouts)
    environment: Mapping[str, str] = field(default_factory=dict)


async def with_timeouts_and_retries(
    open_stream: Callable[[], Pieces], timeouts: Timeouts
) -> Pieces:
    """The pieces of `open_stream()`, with time-outs and up to two retries.

    Retries only before the first piece: a second answer must never be appended to the
    first. Raises Unavailable when a time-out passes, and what the stream raises.
    """
    for attempt in range(RETRIES + 1):
        started = False
        try:
            async with contextlib.aclosing(open_stream()) as pieces:
                piece = await _next(pieces, timeouts.first, "silent_before_answer")
                while piece is not None:
                    started = True
                    yield piece
                    piece = await _next(pieces, timeouts.idle, "silent_in_answer")
                return
        except (RateLimited, Unavailable) as error:
            wait = _seconds_before_retry(error, attempt)
            if started or attempt == RETRIES or wait > MAX_WAIT_SECONDS:
                raise
            await asyncio.sleep(wait)


async def _next(pieces: Pieces, seconds: float, reason: str) -> Text | Tokens | None:
    """The next piece; None at the end.

    Raises Unavailable with `reason` after `seconds`.
    """
    try:
        async with asyncio.timeout(seconds):
            return await anext(pieces, None)
    except TimeoutError:
        raise Unavailable(reason) from None


def _seconds_before_retry(error: ProviderError, attempt: int) -> float:
    if error.retry_after is not None:
        return error.retry_after
    return _backoff_seconds(attempt)


def _backoff_seconds(attempt: int) -> float:
    """Exponential, with a jitter of ±50 %."""
    jitter = 0.5 + random.random()  # noqa: S311
    return float(FIRST_WAIT_SECONDS * 2**attempt * jitter)


def provider_error(kind: type[ProviderError], retry_after: float | None = None) -> ProviderError:
    """An error with the seconds to wait, where the service gave them."""
    if retry_after is None:
        return kind()
    if kind is RateLimited and retry_after:
        seconds = max(1, round(retry_after))
        return RateLimited("rate_limited_for", seconds=seconds, retry_after=seconds)
    return kind(retry_after=round(retry_after))


def parse_retry_after(header: str | None) -> float | None:
    """Seconds from a Retry-After header; None for a missing one, a date or nonsense."""
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
