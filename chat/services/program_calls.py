"""How often a program may call what is no question: tools for agents, and the REST interface."""

from __future__ import annotations

from django.conf import settings

from chat.core.errors import TooMany
from deepwiki.accounts.call_counts import count_call


def check_call(person_id: int | None, address: str) -> None:
    """Count a call. Raises TooMany where the person, or a stranger's address, made too many.

    Asks the database.
    """
    made = count_call(person_id, address)
    _check("calls_per_minute", made.in_minute, settings.CALLS_PER_MINUTE, made.minute_seconds)
    _check("calls_per_day", made.in_day, settings.CALLS_PER_DAY, made.day_seconds)


def _check(reason: str, made: int, limit: int, seconds: int) -> None:
    """A limit of 0 is none."""
    if limit and made > limit:
        wait = max(1, seconds)
        raise TooMany(reason, limit=limit, seconds=wait, retry_after=wait)
