"""Days: when one begins, rows counted by day, and charts of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from deepwiki.foundation.bar_chart import BarChart, bar_chart
from deepwiki.foundation.sql import fetch_all

DAYS = 14
KEPT_SECONDS = 60  # that a count may be old


def midnight() -> datetime:
    """The beginning of this day, in the server's time zone."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def first_of(days: int) -> datetime:
    """The midnight with which the first of the last `days` days began, today included."""
    return midnight() - timedelta(days=days - 1)


def days_from(since: datetime, days: int) -> list[date]:
    """So many days from a midnight on."""
    return [(since + timedelta(days=number)).date() for number in range(days)]


def counts_by_day(statement: str) -> list[tuple[date, int]]:
    """(day, count) of the last DAYS days, oldest first.

    The statement gives days and counts, from `since` on, in the time zone `zone`.
    """
    since = first_of(DAYS)
    zone = timezone.get_current_timezone_name()
    counts: dict[date, int] = dict(fetch_all(statement, {"since": since, "zone": zone}))
    return [(day, counts.get(day, 0)) for day in days_from(since, DAYS)]


def _label_format() -> str:
    """The language's short form, unless it can be misread, as in English."""
    if (get_language() or "en").startswith("en"):
        return "j M"
    return "SHORT_DATE_FORMAT"


def day_chart(
    title: str, values: Sequence[tuple[date, float]], *, total: str, address: str = ""
) -> BarChart:
    """A chart of days, as `bar_chart`."""
    labelled = [
        (f"{date_format(day, _label_format())}: {value:,}", float(value)) for day, value in values
    ]
    return bar_chart(title, labelled, total=total, address=address)
