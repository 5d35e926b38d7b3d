"""Calls of programs, counted by person or network address, over all processes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from deepwiki.accounts.models import CallCount
from deepwiki.foundation.address_keys import address_key
from deepwiki.foundation.sql import fetch_row, read_sql

COUNT_CALL = read_sql(__file__, "count_call.sql")
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class CallsMade:
    """Calls within a minute and within a day, this one included, and the seconds left of each."""

    in_minute: int
    minute_seconds: int
    in_day: int
    day_seconds: int


def count_call(person_id: int | None, address: str) -> CallsMade:
    """One more call of a person, or of a stranger's network address. Asks the database."""
    caller = address_key(address) if person_id is None else f"person {person_id}"
    row = fetch_row(COUNT_CALL, {"caller": caller})
    assert row is not None
    in_minute, minute_seconds, in_day, day_seconds = row
    return CallsMade(in_minute, math.ceil(minute_seconds), in_day, math.ceil(day_seconds))


def forget_old_calls() -> None:
    """Delete counts whose windows are over."""
    CallCount.objects.filter(day_began_at__lt=timezone.now() - KEPT).delete()
