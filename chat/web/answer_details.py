"""How an answer was made: provider, times, tokens, cost, verified citations."""

from __future__ import annotations

from typing import Any

from chat import services
from chat.models import Message
from chat.rendering.citation_links import read_share
from chat.web.ui_strings import answer_detail_labels


def answer_details(message: Message | None) -> list[tuple[str, Any]]:
    """(label, value) pairs in the current language, in the order of the labels.

    What is not known about an answer is left out.
    """
    if not message:
        return []
    values = _values(message)
    labels = answer_detail_labels()
    return [(labels[name], values[name]) for name in labels if _is_known(values[name])]


def _values(message: Message) -> dict[str, Any]:
    usage = message.usage
    return {
        "provider": message.provider,
        "model": message.model,
        "first_token_ms": _milliseconds(usage.get("first_token_ms")),
        "total_ms": _milliseconds(usage.get("total_ms")),
        "input_tokens": usage.get("input_tokens"),
        "output_tokens": usage.get("output_tokens"),
        "cost": _cost(message),
        "read": _percent(read_share(message.citations)),
        "verified": _percent(message.verified_share),
        "commit": message.commit[:8],
    }


def _is_known(value: Any) -> bool:
    return value not in (None, "")


def _milliseconds(value: int | None) -> str:
    if value is None:
        return ""
    return f"{value} ms"


def _percent(share: float | None) -> str:
    if share is None:
        return ""
    return f"{round(share * 100)} %"


def _cost(message: Message) -> str:
    """The price of the answer's tokens; empty if there are none or no price is set."""
    read = message.usage.get("input_tokens") or 0
    written = message.usage.get("output_tokens") or 0
    cost = services.providers().cost(message.provider, message.model, read, written)
    if cost is None or not (read or written):
        return ""
    return f"{cost:.4f}"
