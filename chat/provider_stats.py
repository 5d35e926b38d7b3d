"""Figures of each provider's answers for the admin, and a test of one model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from chat import services
from chat.token_usage import TOKENS
from deepwiki.foundation.sql import read_sql

STATS = read_sql(__file__, "provider_stats.sql")
DAYS = 14
BAR_HEIGHT, BAR_STEP = 40, 12


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
    """Providers as configured and as used, and the answers of each day as bars."""
    registry = services.providers()
    registry.refresh_discovered_models()
    ready = registry.configured()
    usage = _usage_by_provider()
    rows = [
        {
            "name": name,
            "label": section["label"],
            "ready": name in ready,
            "needs": section.get("key", ""),
            "models": _models(name, ready.get(name, section)),
            "usage": usage.get(name, ProviderUsage()),
        }
        for name, section in registry.file.items()
    ]
    return {"providers": rows, "days": DAYS, "bars": _bars()}


def _models(provider: str, section: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """The models of a provider, each with its value in the page's forms."""
    return [(model, f"{provider}|{model['id']}") for model in section.get("models", [])]


def _usage_by_provider() -> dict[str, ProviderUsage]:
    since = timezone.now() - timedelta(days=DAYS)
    with connection.cursor() as cursor:
        cursor.execute(STATS.format(tokens=TOKENS), {"since": since})
        rows = cursor.fetchall()
    return {
        provider: ProviderUsage(answers, failed, int(tokens), _rounded(first_ms))
        for provider, answers, failed, tokens, first_ms in rows
    }


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def _bars() -> list[dict[str, Any]]:
    """The answers of each of the last DAYS days, as bars up to BAR_HEIGHT high."""
    counts = _answers_by_day()
    most = max(1, *counts.values())
    bars = []
    for number, (day, count) in enumerate(counts.items()):
        height = count * BAR_HEIGHT // most
        x, y = number * BAR_STEP, BAR_HEIGHT - height
        bars.append({"day": day, "count": count, "x": x, "y": y, "height": height})
    return bars


def _answers_by_day() -> dict[date, int]:
    """The number of answers of each of the last DAYS days, oldest first."""
    first = timezone.now().date() - timedelta(days=DAYS - 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT created_at::date, count(*) FROM chat_message"
            " WHERE role = 'assistant' AND created_at >= %s GROUP BY 1",
            [first],
        )
        counts: dict[date, int] = dict(cursor.fetchall())
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return {day: counts.get(day, 0) for day in days}
