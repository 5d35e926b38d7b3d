"""Rows counted by day, for charts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from deepwiki.foundation.sql import fetch_all

DAYS = 14
KEPT_SECONDS = 60  # that a count may be old


def counts_by_day(statement: str, today: datetime) -> list[tuple[date, int]]:
    """(day, count) of the last DAYS days, oldest first. `today` is the midnight it began with.

    The statement gives days and counts, from `since` on, in the time zone `zone`.
    """
    since = today - timedelta(days=DAYS - 1)
    zone = timezone.get_current_timezone_name()
    counts: dict[date, int] = dict(fetch_all(statement, {"since": since, "zone": zone}))
    days = [(since + timedelta(days=number)).date() for number in range(DAYS)]
    return [(day, counts.get(day, 0)) for day in days]
