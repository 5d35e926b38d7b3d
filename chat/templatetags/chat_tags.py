"""What the templates need besides Django's own tags."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from chat import services
from chat.models import Message
from chat.web import ui_strings as texts

register = template.Library()


@register.simple_tag
def words() -> dict[str, object]:
    """What the page's script says, in the reader's language."""
    return {"language": get_language(), **texts.javascript_strings()}


@register.simple_tag
def split_name(name: str) -> dict[str, str]:
    """A repository's name as its owner and its own name."""
    owner, _, own = name.rpartition("/")
    return {"owner": owner, "own": own}


@register.filter
def said(message: str) -> str:
    """A sentence of the answer core in the reader's language."""
    return texts.said(message)


@register.simple_tag
def why_text(reason: str) -> str:
    """Why a passage came."""
    return texts.why(reason)


@register.filter
def facts(message: Message | None) -> list[tuple[str, Any]]:
    """What is known about how an answer came about, each with its name."""
    if not message:
        return []
    known: dict[str, Any] = {
        "provider": message.provider,
        "model": message.model,
        "commit": message.commit[:8],
    }
    for name in ("first_token_ms", "total_ms"):
        if message.usage.get(name) is not None:
            known[name] = f"{message.usage[name]} ms"
    for name in ("input_tokens", "output_tokens"):
        known[name] = message.usage.get(name)
    read, written = (message.usage.get(name) or 0 for name in ("input_tokens", "output_tokens"))
    cost = services.providers().cost(message.provider, message.model, read, written)
    if cost is not None and (read or written):
        known["cost"] = f"{cost:.4f}"
    if message.verified_share is not None:
        known["verified"] = f"{round(message.verified_share * 100)} %"
    return [
        (name, known[key])
        for key, name in texts.facts().items()
        if known.get(key) not in (None, "")
    ]
