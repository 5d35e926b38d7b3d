"""What every adapter is made from, and what they share: time-outs and retries, in one place."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field

from chat.core.errors import ProviderError, RateLimited, Unavailable
from chat.core.pipeline import Text, Tokens

RETRIES = 2
LONGEST_WAIT = 20.0


@dataclass(frozen=True)
class Timeouts:
    """Seconds until the first piece, and between pieces."""

    first: float = 60.0
    idle: float = 60.0


@dataclass(frozen=True)
class ProviderConfig:
    """One provider's settings."""

    name: str
    key: str = field(default="", repr=False)
    address: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    timeouts: Timeouts = field(default_factory=Timeouts)
    version: str = ""
    compatible_address: str = ""


Pieces = AsyncGenerator[Text | Tokens]


async def with_timeouts_and_retries(
    open_stream: Callable[[], Pieces], timeouts: Timeouts
) -> Pieces:
    """The pieces of `open_stream()`, with time-outs, and with up to two retries while nothing has come yet.

    After the first piece there is no second try: a second answer must never be appended to the first.
    """
    for attempt in range(RETRIES + 1):
        started = False
        try:
            async with contextlib.aclosing(open_stream()) as pieces:
                while True:
                    try:
                        async with asyncio.timeout(timeouts.idle if started else timeouts.first):
                            piece = await anext(pieces)
                    except StopAsyncIteration:
                        return
                    except TimeoutError:
                        raise Unavailable(
                            "silent_in_answer" if started else "silent_before_answer"
                        ) from None
                    started = True
                    yield piece
        except (RateLimited, Unavailable) as error:
            wait = (
                error.retry_after
                if error.retry_after is not None
                else 0.5 * 2**attempt * (0.5 + random.random())  # noqa: S311
            )
            if (
                started
                or attempt == RETRIES
                or wait > LONGEST_WAIT
                or getattr(error, "final", False)
            ):
                raise
            await asyncio.sleep(wait)


def provider_error(kind: type[ProviderError], retry_after: float | None = None) -> ProviderError:
    """An error of the family in its own words, naming the time where the service gave one."""
    if kind is RateLimited and retry_after:
        seconds = max(1, round(retry_after))
        return RateLimited("rate_limited_for", seconds=seconds, retry_after=seconds)
    return kind(retry_after=round(retry_after) if retry_after is not None else None)
