"""What services want back with a turn that called tools, kept in ToolCall.opaque.

DeepSeek and Kimi refuse a turn without its `reasoning_content`; OpenRouter passes
`reasoning_details` on to models that check them; Google's OpenAI-compatible endpoint signs
calls in `extra_content`. What a service did not send is not sent to it.
https://api-docs.deepseek.com/guides/thinking_mode
https://openrouter.ai/docs/use-cases/reasoning-tokens
https://ai.google.dev/gemini-api/docs/thought-signatures
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chat.core.tool_calls import ToolCall, ToolExchange, json_object
from chat.providers.call_json import objects

Json = dict[str, Any]

MAX_CHARS = 256 * 1024
MAX_DETAILS = 2_000
CALL_KEYS = ("extra_content",)
TEXT_KEYS = ("text", "summary", "data")


@dataclass
class Thoughts:
    """What a turn thought before its calls, as it is wanted back."""

    _texts: list[str] = field(default_factory=list)
    _details: list[_Detail] = field(default_factory=list)
    _chars: int = 0

    def read(self, part: Json) -> None:
        """Keep the thoughts of a delta or message."""
        text = part.get("reasoning_content")
        if isinstance(text, str) and text:
            self._chars += len(text)
            if self._chars <= MAX_CHARS:
                self._texts.append(text)
        for each in objects(part.get("reasoning_details")):
            self._add_detail(each)

    def opaque(self, extras: Json, *, is_first: bool) -> bytes:
        """For ToolCall.opaque: the call's own, and with the first those of the turn."""
        kept = {"call": extras}
        if is_first and self._chars <= MAX_CHARS:
            kept["turn"] = self._turn()
        return _dump(_filled(kept))

    def _turn(self) -> Json:
        details = [each.joined() for each in self._details]
        turn = {"reasoning_content": "".join(self._texts), "reasoning_details": details}
        return _filled(turn)

    def _add_detail(self, detail: Json) -> None:
        """One more; pieces of a text are joined."""
        texts = {key: detail[key] for key in TEXT_KEYS if isinstance(detail.get(key), str)}
        self._chars += sum(map(len, texts.values()))
        if self._chars > MAX_CHARS or len(self._details) > MAX_DETAILS:
            return
        if not self._details or not self._details[-1].goes_on(detail, texts):
            self._details.append(_Detail())
        self._details[-1].add(detail, texts)


@dataclass
class _Detail:
    """One of `reasoning_details`, whose texts come in pieces."""

    _values: Json = field(default_factory=dict)
    _texts: dict[str, list[str]] = field(default_factory=dict)

    def goes_on(self, detail: Json, texts: Mapping[str, str]) -> bool:
        """Whether an object is the next piece of this one."""
        same = all(self._values.get(key) == detail.get(key) for key in ("type", "index"))
        return bool(texts) and same and texts.keys() == self._texts.keys()

    def add(self, detail: Json, texts: Mapping[str, str]) -> None:
        self._values.update(detail)
        for key, text in texts.items():
            self._texts.setdefault(key, []).append(text)

    def joined(self) -> Json:
        return {**self._values, **{key: "".join(parts) for key, parts in self._texts.items()}}


def call_extras(entry: Json) -> Json:
    """What of a call is wanted back besides its name and arguments."""
    kept = {key: entry[key] for key in CALL_KEYS if isinstance(entry.get(key), dict)}
    if 0 < len(_dump(kept)) <= MAX_CHARS:
        return kept
    return {}


def messages_with_extras(exchange: ToolExchange) -> list[Json]:
    """`ToolExchange.as_messages` with what the service sent besides."""
    turn, *answers = exchange.as_messages()
    for call, written in zip(exchange.calls, turn["tool_calls"], strict=True):
        kept = _kept(call)
        written.update(kept.get("call", {}))
        turn.update(kept.get("turn", {}))
    return [turn, *answers]


def has_extras(exchanges: Iterable[ToolExchange]) -> bool:
    """Whether anything is sent back besides calls and results."""
    return any(call.opaque for exchange in exchanges for call in exchange.calls)


def _filled(values: Json) -> Json:
    return {key: value for key, value in values.items() if value}


def _dump(value: Json) -> bytes:
    """JSON as bytes; none of what is empty, or nested too deeply."""
    if not value:
        return b""
    try:
        return json.dumps(value).encode()
    except RecursionError:
        return b""


def _kept(call: ToolCall) -> Json:
    """What `Thoughts.opaque` wrote; empty for a call of another service."""
    return json_object(call.opaque) or {}
