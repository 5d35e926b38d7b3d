"""Server-sent events of JSON objects, decoded from bytes. No I/O.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html. Services take
liberties with it: a blank line may be missing between events, a whole JSON reply or
lines of JSON may come instead, a proxy may answer with a page of HTML. Memory is
bounded, and the cost is linear in the bytes.
"""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass, field
from typing import Any

from chat.core.errors import CutOff, ProviderRefused

MAX_LINE_BYTES = 4_000_000
# Lines that are no JSON are skipped, so many of them.
MAX_BAD_LINES = 100
MAX_DIGITS = 18
MAX_ERROR_BYTES = 5_000
DONE = b"[DONE]"
USUAL_START = b"data: {"
FIELDS = (b"id:", b"retry:")
OPENINGS = (b"{", b"[")

Json = dict[str, Any]
# Something came that holds no object: a comment, a blank line, a field of no interest.
ALIVE: Json = {}
_NO_JSON = object()


@dataclass
class EventDecoder:
    """The JSON objects in a stream of chunks, whatever the chunks' borders.

    `is_done` after the line `[DONE]`; nothing behind it is read. `has_json` when at
    least one object came.
    """

    is_done: bool = False
    has_json: bool = False
    _rest: bytearray = field(default_factory=bytearray)  # a line whose end has not come yet
    _pending: list[bytes] = field(default_factory=list)  # lines that are JSON only together
    _pending_bytes: int = 0
    _event_name: bytes = b""
    _bad_lines: int = 0
    _at_start: bool = True
    _after_carriage_return: bool = False

    def feed(self, chunk: bytes) -> list[Json]:
        """The objects that the chunk completes; ALIVE alone where its lines hold none.

        Raises CutOff beyond the bounds, ProviderRefused for a page of HTML.
        """
        if not chunk:
            return []
        if b"\r" in chunk or self._after_carriage_return:
            chunk = self._with_newlines_alone(chunk)
        if b"\n" not in chunk:
            self._hold(chunk)
            return []
        if self._rest:
            self._rest += chunk
            chunk = bytes(self._rest)
            self._rest.clear()
        *lines, rest = chunk.split(b"\n")
        if rest:
            self._hold(rest)
        return self._objects(lines) or [ALIVE]

    def finish(self) -> list[Json]:
        """The objects of a last line without its end, and of pending ones."""
        last = bytes(self._rest)
        self._rest.clear()
        return self._objects([last, b""])

    def _objects(self, lines: list[bytes]) -> list[Json]:
        objects: list[Json] = []
        for line in lines:
            if self.is_done:
                break
            value = self._usual_object(line)
            if value is not None:
                objects.append(value)
            elif line or self._pending or self._event_name:
                objects += self._line(line)
        return objects

    def _usual_object(self, line: bytes) -> Json | None:
        """The object of a line `data: {…}` by itself; None for any other line."""
        if self._pending or self._event_name or not line.startswith(USUAL_START):
            return None
        try:
            value: Json = json.loads(line[len(USUAL_START) - 1 :].decode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError):
            return None
        self.has_json = True
        return value

    def _line(self, line: bytes) -> list[Json]:
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(codecs.BOM_UTF8)
        if line.startswith(b"data:"):
            return self._data(line[5:].strip())
        if not line:
            return self._end_of_event()
        if line.startswith(b"event:"):
            self._event_name = line[6:].strip()
            return []
        if line.startswith((b":", *FIELDS)):
            return []
        return self._without_field(line.strip())

    def _data(self, data: bytes) -> list[Json]:
        if data == DONE:
            objects = self._end_of_event()
            self.is_done = True
            return objects
        if not data:
            return []
        return self._json(data)

    def _without_field(self, line: bytes) -> list[Json]:
        """A line of JSON outside of events, or a line of a reply that is none at all."""
        if line.startswith(b"<") and not self.has_json and not self._pending:
            raise ProviderRefused("not_a_model_service")
        if line == DONE:
            self.is_done = True
            return []
        return self._json(line) if line else []

    def _json(self, data: bytes) -> list[Json]:
        if not self._pending:
            value = _parse(data)
            if value is not _NO_JSON:
                return self._of_value(value)
        self._pending.append(data)
        self._pending_bytes += len(data)
        if self._pending_bytes > MAX_LINE_BYTES:
            raise CutOff("reply_too_large")
        return []

    def _end_of_event(self) -> list[Json]:
        pending, self._pending, self._pending_bytes = self._pending, [], 0
        objects = self._joined(pending) if pending else []
        self._event_name = b""
        return objects

    def _joined(self, lines: list[bytes]) -> list[Json]:
        """One value in several lines; else each line that is a value by itself."""
        value = _parse(b"\n".join(lines))
        if value is not _NO_JSON:
            return self._of_value(value)
        objects: list[Json] = []
        for line in lines:
            value = _parse(line)
            objects += self._bad_line(line) if value is _NO_JSON else self._of_value(value)
        return objects

    def _bad_line(self, line: bytes) -> list[Json]:
        if self._event_name == b"error":
            self.has_json = True
            return [_error_in_words(line)]
        self._bad_lines += 1
        if self._bad_lines > MAX_BAD_LINES:
            raise CutOff
        return []

    def _of_value(self, value: Any) -> list[Json]:
        """The objects of a JSON value: itself, or those of a list."""
        values = value if isinstance(value, list) else [value]
        objects = [item for item in values if isinstance(item, dict)]
        self.has_json = self.has_json or bool(objects)
        if self._event_name == b"error":
            return [{"error": item.get("error", item)} for item in objects]
        return objects

    def _hold(self, rest: bytes) -> None:
        self._rest += rest
        if len(self._rest) > MAX_LINE_BYTES:
            raise CutOff("reply_too_large")

    def _with_newlines_alone(self, chunk: bytes) -> bytes:
        if self._after_carriage_return:
            chunk = chunk.removeprefix(b"\n")
        self._after_carriage_return = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _error_in_words(line: bytes) -> Json:
    """What follows `event: error` without being JSON, as an error with a message."""
    return {"error": {"message": line[:MAX_ERROR_BYTES].decode("utf-8", "replace")}}


def _parse(data: bytes) -> Any:
    """The JSON value, or _NO_JSON."""
    try:
        return json.loads(data.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return _parse_leniently(data)


def _parse_leniently(data: bytes) -> Any:
    """As `_parse`, with broken UTF-8, control characters and endless numbers in it."""
    if not data.startswith(OPENINGS):
        return _NO_JSON
    try:
        text = data.decode("utf-8", "replace")
        return json.loads(text, strict=False, parse_int=_bounded_int)
    except (ValueError, RecursionError):
        return _NO_JSON


def _bounded_int(digits: str) -> int:
    return int(digits[:MAX_DIGITS])
