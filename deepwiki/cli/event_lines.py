"""Server-sent events out of lines of text.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

MAX_EVENT_CHARS = 8_000_000


class NotEvents(ValueError):
    """What came is no stream of events."""


def read_events(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The JSON object of each event. Raises NotEvents."""
    data: list[str] = []
    for line in lines:
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
            _check_size(data)
        elif not line and data:
            yield _object("\n".join(data))
            data = []
    if data:
        yield _object("\n".join(data))


def _check_size(data: list[str]) -> None:
    if sum(map(len, data)) > MAX_EVENT_CHARS:
        raise NotEvents("an event is too large")


def _object(text: str) -> dict[str, Any]:
    value = _json(text)
    if not isinstance(value, dict):
        raise NotEvents("an event is no object")
    return value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise NotEvents("an event is not JSON") from None
