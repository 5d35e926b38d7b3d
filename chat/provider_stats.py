"""Figures of each provider's answers, for the page of providers in the admin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from chat import services
from chat.token_usage import TOKENS
from deepwiki.foundation.sql import fetch_all, read_sql

STATS = read_sql(__file__, "provider_stats.sql")
DAYS = 14
# In units of the chart.
BAR_HEIGHT = 40
BAR_DISTANCE = 12
ANSWERS_BY_DAY = """
    SELECT created_at::date, count(*)
    FROM chat_message
    WHERE role = 'assistant' AND created_at >= %s
    GROUP BY 1
"""


@dataclass(frozen=True)
class ProviderUsage:
    """A provider's answers in the last DAYS days.

    `first_ms` is the median time to the first token.
    """

    answers: int = 0
    failed: int = 0
    tokens: int = 0
    first_ms: int | None = None


def overview() -> dict[str, Any]:
    """Providers as set up and as used, and the answers of each day for a chart."""
    registry = services.refreshed_providers()
    ready = registry.configured()
    usage = _usage_by_provider()
    rows = [
        {
            **_description(name, ready.get(name, section)),
            "ready": name in ready,
            "list": registry.model_list(name),
            "usage": usage.get(name, ProviderUsage()),
        }
        for name, section in registry.file.items()
    ]
    return {"providers": rows, "days": DAYS, "bars": _bars()}


def _description(name: str, section: dict[str, Any]) -> dict[str, Any]:
    models = section.get("models", [])
    return {
        "name": name,
        "label": section["label"],
        "needs": section.get("key", ""),
        "models": [(model, f"{name}|{model['id']}") for model in models],
    }


def _usage_by_provider() -> dict[str, ProviderUsage]:
    since = timezone.now() - timedelta(days=DAYS)
    rows = fetch_all(STATS.format(tokens=TOKENS), {"since": since})
    return {name: _usage(*figures) for name, *figures in rows}


def _usage(answers: int, failed: int, tokens: int, first_ms: float | None) -> ProviderUsage:
    usage = ProviderUsage(answers, failed, int(tokens))
    if first_ms is None:
        return usage
    return replace(usage, first_ms=round(first_ms))


def _bars() -> list[dict[str, Any]]:
    """The answers of each of the last DAYS days, as bars of a chart."""
    first = timezone.now().date() - timedelta(days=DAYS - 1)
    counts = _answers_by_day(first)
    most = max([1, *counts.values()])
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [_bar(number, day, counts.get(day, 0), most) for number, day in enumerate(days)]


def _answers_by_day(first: date) -> dict[date, int]:
    return dict(fetch_all(ANSWERS_BY_DAY, [first]))


def _bar(number: int, day: date, count: int, most: int) -> dict[str, Any]:
    height = count * BAR_HEIGHT // most
    return {
        "day": day,
        "count": count,
        "x": number * BAR_DISTANCE,
        "height": height,
        "y": BAR_HEIGHT - height,
    }
