"""What answers have cost and how providers have been doing, for the admin and for limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from chat import services
from chat.token_usage import TOKENS

DAYS = 14


@dataclass(frozen=True)
class ProviderUsage:
    """A provider over the last DAYS days: whole answers, those that failed, tokens, and the median first word (ms)."""

    answers: int = 0
    failed: int = 0
    tokens: int = 0
    first_ms: int | None = None


def overview() -> dict[str, Any]:
    """Providers as set up and as used, and the answers of each day for a chart."""
    known = services.providers()
    known.refresh_discovered_models()
    ready = known.configured()
    used = _by_provider()
    rows = [
        {
            "name": name,
            "label": section["label"],
            "ready": name in ready,
            "needs": section.get("key", ""),
            "models": [
                (model, f"{name}|{model['id']}")
                for model in ready.get(name, section).get("models", [])
            ],
            "usage": used.get(name, ProviderUsage()),
        }
        for name, section in known.file.items()
    ]
    return {"providers": rows, "days": DAYS, "bars": _bars()}


def _by_provider() -> dict[str, ProviderUsage]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT provider, count(*) FILTER (WHERE state = 'complete'), count(*) FILTER (WHERE error <> ''),
                   coalesce(sum({TOKENS}), 0),
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY (usage->>'first_token_ms')::float8)
            FROM chat_message m WHERE role = 'assistant' AND created_at > %s GROUP BY provider
            """,  # noqa: S608 - a literal of ours
            [timezone.now() - timedelta(days=DAYS)],
        )
        return {
            name: ProviderUsage(
                answers, failed, int(tokens), None if first is None else round(first)
            )
            for name, answers, failed, tokens, first in cursor.fetchall()
        }


def _bars() -> list[dict[str, Any]]:
    """The answers of each of the last DAYS days, as bars of a chart 40 units high."""
    today = timezone.now().date()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT created_at::date, count(*) FROM chat_message WHERE role = 'assistant' AND created_at >= %s GROUP BY 1",
            [today - timedelta(days=DAYS - 1)],
        )
        counts: dict[date, int] = dict(cursor.fetchall())
    days = [today - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    most = max(1, *counts.values()) if counts else 1
    return [
        {
            "day": day,
            "count": counts.get(day, 0),
            "x": number * 12,
            "height": counts.get(day, 0) * 40 // most,
            "y": 40 - counts.get(day, 0) * 40 // most,
        }
        for number, day in enumerate(days)
    ]
