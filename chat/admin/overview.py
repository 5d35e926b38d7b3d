"""The charts of questions, tokens, cost and failed answers on the admin's start page."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.contrib import admin
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.services.usage_by_day import DayUsage, total, usage_by_day
from deepwiki.admin import Site
from deepwiki.foundation.bar_chart import BarChart
from deepwiki.foundation.day_counts import DAYS, KEPT_SECONDS, counts_by_day, day_chart

Counts = tuple[list[DayUsage], list[tuple[date, int]]]
FAILED_ANSWERS = """
    SELECT (created_at AT TIME ZONE %(zone)s)::date, count(*)
    FROM chat_message
    WHERE role = 'assistant' AND error <> '' AND created_at >= %(since)s
    GROUP BY 1
"""


def charts() -> list[BarChart]:
    """Four charts of the last DAYS days, counted at most KEPT_SECONDS ago."""
    counts = cache.get_or_set("admin:use_by_day", _count, KEPT_SECONDS)
    days, failed = cast(Counts, counts)
    all_days = total(days)
    questions = [(day.day, day.questions) for day in days]
    tokens = [(day.day, day.tokens) for day in days]
    cost = [(day.day, round(day.cost or 0, 2)) for day in days]
    failures = f"{sum(count for _, count in failed):,}"
    asked = reverse("admin:chat_asked_changelist")
    return [
        day_chart(_("Questions"), questions, total=f"{all_days.questions:,}", address=asked),
        day_chart(_("Tokens"), tokens, total=f"{all_days.tokens:,}"),
        day_chart(_("Cost in $"), cost, total=f"{all_days.cost or 0:,.2f}"),
        day_chart(_("Failed answers"), failed, total=failures, address=asked),
    ]


def _count() -> Counts:
    return usage_by_day(DAYS), counts_by_day(FAILED_ANSWERS)


cast(Site, admin.site).add_charts(charts, permission="chat.view_message")
