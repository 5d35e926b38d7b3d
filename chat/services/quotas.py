"""How much a person may ask, counted in the database and so over all processes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from chat.core.errors import TooMany
from chat.core.ports import Model
from chat.models import LEASE
from deepwiki.foundation.advisory_locks import QUESTIONS_OF_PERSON

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

RUNNING_RETRY_SECONDS = 5
COUNTER_SECONDS = 120
MAX_LOCAL_COUNTERS = 1_000

# Counts by address and minute, for when the shared cache is not available.
_local_counters: dict[str, int] = {}


@dataclass(frozen=True)
class QuestionCounts:
    """What a person has asked: a row of insert_question.sql.

    `running` answers; `asked` questions in the last minute, the first of them `first`
    seconds ago; `spent` tokens since midnight of `quota` (0: no limit).
    """

    running: int
    asked: int
    first: float
    quota: int
    spent: int

    def check(self) -> None:
        """Raises TooMany, with the seconds after which it is worth asking again."""
        if self.running >= settings.RUNS_PER_USER:
            raise TooMany("answer_running", retry_after=RUNNING_RETRY_SECONDS)
        self._check_rate(settings.REQUESTS_PER_MINUTE)
        if self.quota and self.spent >= self.quota:
            raise TooMany("tokens_per_day", retry_after=_seconds_of_today())

    def _check_rate(self, limit: int) -> None:
        if self.asked >= limit:
            wait = max(1, round(60 - self.first))
            raise TooMany("questions_per_minute", limit=limit, seconds=wait, retry_after=wait)


def limit_parameters(person: Person, model: Model) -> dict[str, Any]:
    """The parameters of insert_question.sql that QuestionCounts are counted with."""
    return {
        "lock": QUESTIONS_OF_PERSON,
        "person": person.pk,
        "lease": LEASE.total_seconds(),
        "free": model.free,
        "tokens": settings.TOKENS_PER_DAY,
        "midnight": midnight(),
        "most_running": settings.RUNS_PER_USER,
        "most_asked": settings.REQUESTS_PER_MINUTE,
    }


def midnight() -> datetime:
    """The beginning of this day, in the server's time zone."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _seconds_of_today() -> int:
    """The seconds until the next midnight."""
    tomorrow = midnight() + timedelta(days=1)
    return round((tomorrow - timezone.localtime()).total_seconds())


def check_address(address: str, running: int) -> None:
    """The limits of people without an account, by network address.

    `running` is the number of their answers in this process. Raises TooMany.
    """
    if running >= settings.RUNS_PER_USER:
        raise TooMany("answer_running_for_address", retry_after=RUNNING_RETRY_SECONDS)
    if _count_question(address) > settings.REQUESTS_PER_MINUTE:
        raise TooMany("questions_from_address", retry_after=60)


def _count_question(address: str) -> int:
    """Count a question; returns how many came from the address in this minute."""
    key = f"asked:{address}:{int(time.time() // 60)}"
    try:
        cache.add(key, 0, COUNTER_SECONDS)
        count: int = cache.incr(key)
    except Exception:  # the cache is not available: count in this process alone
        count = _count_locally(key)
    return count


def _count_locally(key: str) -> int:
    count = _local_counters[key] = _local_counters.get(key, 0) + 1
    _forget_oldest_counters()
    return count


def _forget_oldest_counters() -> None:
    for key in list(_local_counters)[:-MAX_LOCAL_COUNTERS]:
        del _local_counters[key]
