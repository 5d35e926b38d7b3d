"""The charts of questions, tokens, cost and failed answers on the admin's start page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from django.contrib import admin
from django.core.cache import cache
from django.urls import reverse
from django.utils.formats import date_format

from chat.services.quotas import midnight
from chat.services.usage_by_day import DayUsage, usage_by_day
from deepwiki.admin import Site
from deepwiki.foundation.bar_chart import BarChart, bar_chart
from deepwiki.foundation.day_counts import DAYS, KEPT_SECONDS, counts_by_day

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
    cost = sum(day.cost or 0 for day in days)
    tokens = sum(day.tokens for day in days)
    questions = [(day.day, day.questions) for day in days]
    asked = reverse("admin:chat_asked_changelist")
    return [
        _chart("Questions", questions, f"{sum(day.questions for day in days):,}", asked),
        _chart("Tokens", [(day.day, day.tokens) for day in days], f"{tokens:,}"),
        _chart("Cost in $", [(day.day, round(day.cost or 0, 2)) for day in days], f"{cost:,.2f}"),
        _chart("Failed answers", failed, f"{sum(count for _, count in failed):,}", asked),
    ]


def _count() -> Counts:
    return usage_by_day(DAYS), counts_by_day(FAILED_ANSWERS, midnight())


def _chart(
    title: str, values: Sequence[tuple[date, float]], total: str, address: str = ""
) -> BarChart:
    labelled = [(f"{date_format(day, 'j M')}: {value:,}", float(value)) for day, value in values]
    return bar_chart(title, labelled, total=total, address=address)


cast(Site, admin.site).add_charts(charts, permission="chat.view_message")
