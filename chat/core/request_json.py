"""The JSON of a request, decoded within its limits."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from chat.core.errors import BadRequest, RequestTooLarge

MAX_MESSAGES = 5_000
MAX_VALUES = 20 * MAX_MESSAGES
# A string of JSON, or what another value begins or ends with. Each byte is read once.
VALUE = re.compile(rb'"(?:[^"\\]++|\\.?)*+"?|[\[{,]', re.DOTALL)


@dataclass(frozen=True)
class RequestLimits:
    """The largest request.

    A question has at most `content_chars`. Of the messages before it, the newest
    `history_messages` are kept, and the beginning of longer ones.
    """

    message_bytes: int = 4_000_000
    content_chars: int = 400_000
    history_messages: int = 100


def decode(data: str | bytes, limits: RequestLimits) -> dict[str, Any]:
    """A frame or body as a JSON object.

    Raises BadRequest or RequestTooLarge, and nothing else.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    check_size(raw, limits)
    value = _json(raw)
    if not isinstance(value, dict):
        raise BadRequest("not_an_object")
    return value


def check_size(data: bytes, limits: RequestLimits) -> None:
    """Raises RequestTooLarge for more bytes or values than any request has."""
    if len(data) > limits.message_bytes or _has_too_many_values(data):
        raise RequestTooLarge


def _has_too_many_values(data: bytes) -> bool:
    """Whether JSON holds more strings, lists, objects and commas than any request does.

    A list of empty lists takes thirty times as much memory as its text.
    """
    if len(data) <= MAX_VALUES:
        return False
    return next(islice(VALUE.finditer(data), MAX_VALUES, None), None) is not None


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise BadRequest("invalid_json") from None
