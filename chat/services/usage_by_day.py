"""Questions, tokens and cost of each day, of one person or of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from chat.services.configuration import providers
from deepwiki.foundation.day_counts import days_from, first_of
from deepwiki.foundation.sql import fetch_all, read_sql

STATEMENT = read_sql(__file__, "usage_by_day.sql")
# Statements with the same parameters and columns, about what is no answer: apps above this one add
# theirs when they are loaded.
OTHER_USAGE: list[str] = []


@dataclass
class DayUsage:
    """`cost` in dollars, of the tokens whose model has a price; None where none has."""

    day: date
    questions: int = 0
    read: int = 0
    written: int = 0
    cost: float | None = None

    @property
    def tokens(self) -> int:
        return self.read + self.written

    def add(self, questions: int, read: int, written: int, cost: float | None) -> None:
        self.questions += questions
        self.read += read
        self.written += written
        if cost is not None:
            self.cost = (self.cost or 0.0) + cost


def usage_by_day(days: int, person_id: int | None = None) -> list[DayUsage]:
    """The last `days` days, oldest first, today included; of everybody without a person."""
    since = first_of(days)
    usage = {day: DayUsage(day) for day in days_from(since, days)}
    values = {"since": since, "person": person_id, "zone": timezone.get_current_timezone_name()}
    known = providers()
    for row in fetch_all(" UNION ALL ".join([STATEMENT, *OTHER_USAGE]), values):
        day, provider, model, questions, read, written, cost = row
        if cost is None:
            cost = known.cost(provider, model, int(read), int(written))
        if day in usage:
            usage[day].add(questions, int(read), int(written), cost)
    return list(usage.values())


def total(days: list[DayUsage]) -> DayUsage:
    """The sum of days, as of the first of them."""
    added = DayUsage(days[0].day)
    for day in days:
        added.add(day.questions, day.read, day.written, day.cost)
    return added
