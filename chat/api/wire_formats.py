"""Events in the form a client reads: plain text, JSON, server-sent events.

The formats are those of the chat protocol, see README.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chat.core.errors import ChatError
from chat.core.events import Delta, Done, Event, Failed, Notice, Numbered
from chat.core.messages import plain_text
from deepwiki.foundation import metrics

EVENTS_SUBPROTOCOL = "deepwiki.events.v1"
NORMAL_CLOSURE = 1000
CUT_OFF_CLOSURE = 4502
MAX_FRAME_CHARS = 16_000


class PlainText:
    """The format of deepwiki-open's clients: the answer's text; an error ends the text.

    `close_code` is the WebSocket close code that tells whether the text is complete.
    """

    def __init__(self) -> None:
        self.has_started = False
        self.close_code = NORMAL_CLOSURE

    def write(self, event: Event) -> str:
        """The text to send for an event, often empty."""
        match event:
            case Delta(text):
                self.has_started = True
                return text
            case Notice(code="length_limit"):
                return f"\n\n{plain_text(event.message)}"
            case Failed():
                self.close_code = event.close_code
                return self._error_text(event)
            case Done(state) if state != "complete" and self.close_code == NORMAL_CLOSURE:
                self.close_code = CUT_OFF_CLOSURE
        return ""

    def _error_text(self, event: Failed) -> str:
        if self.has_started:
            return f"\n\n{event.plain}"
        return event.plain


def error_json(error: ChatError) -> dict[str, Any]:
    """An error that belongs to no run, in the events dialect. Counts it in the metrics."""
    metrics.errors.labels(error.code).inc()
    return Failed.of(error).as_json()


def server_sent_event(item: Numbered) -> str:
    """An event with its number as id, so that a browser resumes by itself.

    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    data = json.dumps(item.as_json(), ensure_ascii=False)
    return f"id: {item.seq}\nevent: {item.event.name}\ndata: {data}\n\n"


def error_event(error: ChatError) -> str:
    """An error that belongs to no run as a server-sent event. It has no number."""
    data = json.dumps(error_json(error), ensure_ascii=False)
    return f"event: error\ndata: {data}\n\n"


def text_frames(text: str, size: int = MAX_FRAME_CHARS) -> Iterator[str]:
    """Text in pieces below the frame limits of clients."""
    for start in range(0, len(text), size):
        yield text[start : start + size]
