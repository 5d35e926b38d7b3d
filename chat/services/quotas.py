"""How much a person may ask, counted in the database and so over all processes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from chat.core.errors import TooMany

_fallback: dict[str, int] = {}


@dataclass(frozen=True)
class Counted:
    """What a person has asked: answers being written, questions of the last minute and how many seconds ago the first of
    them was, tokens spent since midnight of `quota` (0: any amount)."""

    running: int
    asked: int
    first: float
    quota: int
    spent: int

    def check(self) -> None:
        """Raises TooMany, with the time after which it is worth asking again."""
        if self.running >= settings.RUNS_PER_USER:
            raise TooMany("answer_running", retry_after=5)
        if self.asked >= settings.REQUESTS_PER_MINUTE:
            wait = max(1, round(60 - self.first))
            raise TooMany(
                "questions_per_minute",
                limit=settings.REQUESTS_PER_MINUTE,
                seconds=wait,
                retry_after=wait,
            )
        if self.quota and self.spent >= self.quota:
            wait = round((midnight() + timedelta(days=1) - timezone.localtime()).total_seconds())
            raise TooMany("tokens_per_day", retry_after=wait)


def midnight() -> datetime:
    """When this day began."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def check_address(address: str, running: int) -> None:
    """The same limits for strangers, by the address they come from; `running` are their answers in this process."""
    if running >= settings.RUNS_PER_USER:
        raise TooMany("answer_running_for_address", retry_after=5)
    key = f"asked:{address}:{int(time.time() // 60)}"
    try:
        cache.add(key, 0, 120)
        asked = cache.incr(key)
    except Exception:  # the cache is away: counted in this process alone
        asked = _fallback[key] = _fallback.get(key, 0) + 1
        for old in list(_fallback)[:-1_000]:
            del _fallback[old]
    if asked > settings.REQUESTS_PER_MINUTE:
        raise TooMany("questions_from_address", retry_after=60)
