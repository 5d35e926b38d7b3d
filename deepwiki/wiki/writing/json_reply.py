"""JSON that a model returned, perhaps among prose or in a fence. Pure."""

from __future__ import annotations

import json
from typing import Any

from deepwiki.foundation.text import clean_text

MAX_JSON_CHARS = 200_000


def json_object(text: str) -> dict[str, Any] | None:
    """The object between the first and the last brace of a text; None for anything else."""
    found = text[text.find("{") : text.rfind("}") + 1]
    if len(found) > MAX_JSON_CHARS:
        return None
    value = _decoded(found)
    if not isinstance(value, dict):
        return None
    return value


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def dicts(value: object, limit: int) -> list[dict[str, Any]]:
    """The objects of a list, the first of them; none for anything else."""
    if not isinstance(value, list):
        return []
    return [item for item in value[:limit] if isinstance(item, dict)]


def text_of(value: object, limit: int) -> str:
    """A text on one line without what no page shows; empty for anything else."""
    if not isinstance(value, str):
        return ""
    return clean_text(_printable(value[: 4 * limit]))[:limit].strip()


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, " ".join(text.split())))
