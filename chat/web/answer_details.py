"""How an answer was made: provider, times, tokens, cost, verified citations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chat import services
from chat.models import Message
from chat.rendering.citation_links import read_share
from chat.web.step_strings import files_text, short_number, tokens_text
from chat.web.ui_strings import answer_detail_labels

# Of the line below an answer: the icon of templates/chat/icon.html -> the label.
FACTS = {
    "file": gettext_noop("Files cited"),
    "model": gettext_noop("Model"),
    "first": gettext_noop("First word"),
    "clock": gettext_noop("In all"),
    "tokens": gettext_noop("Tokens"),
    "cost": gettext_noop("Cost"),
}


@dataclass(frozen=True)
class AnswerFact:
    """One figure of the line below an answer: its icon, its label, its value."""

    icon: str
    label: str
    value: str


def answer_facts(message: Message | None) -> list[AnswerFact]:
    """The line below an answer in the current language: what is known of it, in order."""
    if message is None:
        return []
    values = _facts(message)
    return [
        AnswerFact(name, _(label), values[name]) for name, label in FACTS.items() if values[name]
    ]


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


def _facts(message: Message) -> dict[str, str]:
    usage = message.usage
    cost = _cost(message)
    return {
        "file": _cited_files(message),
        "model": message.model,
        "first": _seconds(usage.get("first_token_ms")),
        "clock": _seconds(usage.get("total_ms")),
        "tokens": _tokens(usage),
        "cost": cost and f"${cost}",
    }


def _cited_files(message: Message) -> str:
    """How many files it cites that are there; empty for none."""
    return files_text(len({item["path"] for item in message.citations if item["found"]}))


def _seconds(milliseconds: int | None) -> str:
    if milliseconds is None:
        return ""
    return f"{short_number(milliseconds / 1000)} s"


def _tokens(usage: dict[str, Any]) -> str:
    """All tokens, read and written; empty where neither is known."""
    return tokens_text((usage.get("input_tokens") or 0) + (usage.get("output_tokens") or 0))


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
