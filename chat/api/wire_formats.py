"""Events, written down for a client: as plain text, as JSON, as server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chat.core.events import Delta, Done, Event, Failed
from chat.runs import Numbered, Run

NORMAL = 1000


class PlainText:
    """The dialect of deepwiki-open's clients: nothing but the answer's text; an error is a line of it.

    `close_code` tells, at the end, whether the text is the whole answer.
    """

    def __init__(self) -> None:
        self.started = False
        self.close_code = NORMAL

    def write(self, event: Event) -> str:
        """What to send for an event, often nothing."""
        match event:
            case Delta(text):
                self.started = True
                return text
            case Failed():
                self.close_code = event.close_code
                return f"\n\n{event.plain}" if self.started else event.plain
            case Done(state) if state != "complete" and self.close_code == NORMAL:
                self.close_code = 4502
        return ""


def numbered_json(run: Run, item: Numbered | dict[str, Any]) -> dict[str, Any]:
    """An event of the events dialect with its run and number."""
    if isinstance(item, dict):
        return item
    return {**item.event.as_json(), "run": str(run.id), "seq": item.seq}


def sse(data: dict[str, Any]) -> str:
    """One server-sent event; its id lets a browser resume by itself."""
    return f"id: {data.get('seq', '')}\nevent: {data['event']}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def chunks(text: str, size: int = 16_000) -> Iterator[str]:
    """Text in pieces that no client's frame limit minds."""
    for start in range(0, len(text), size):
        yield text[start : start + size]
