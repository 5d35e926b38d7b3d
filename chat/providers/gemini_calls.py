"""Gemini's calls of functions, as calls of tools."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.json_format import MessageToDict

from chat.core.tool_calls import ToolCall
from chat.providers.call_fragments import MAX_CALLS, bounded
from chat.providers.call_identity import CallIds, call_name
from chat.providers.unknown_fields import unknown_bytes
from deepwiki.foundation.text import clean_text

# Candidate.FinishReason: MALFORMED_FUNCTION_CALL, UNEXPECTED_TOOL_CALL.
MALFORMED_REASONS = {10, 12}
# Fields that the package does not know yet: Part.thought_signature, Candidate.finish_message.
SIGNATURE = 13
FINISH_MESSAGE = 4
MAX_SIGNATURE_BYTES = 256 * 1024
NO_MESSAGE = "(the service could not read the call)"


@dataclass
class GeminiCalls:
    """The calls of one reply. `names` are the tools that were offered."""

    names: Collection[str]
    ids: CallIds = field(default_factory=CallIds)
    _calls: list[ToolCall] = field(default_factory=list)

    def add(self, part: Any) -> None:
        """The call in a part, with the signature that is wanted back."""
        call = part.function_call
        arguments = json.dumps(_whole(MessageToDict(call.args)), ensure_ascii=False)
        signature = unknown_bytes(part, SIGNATURE)
        self._add(call.id, call.name, arguments, signature[:MAX_SIGNATURE_BYTES])

    def end(self, candidate: Any) -> None:
        """The end of the reply, which may be a call that could not be read."""
        if candidate.finish_reason in MALFORMED_REASONS:
            self._add_malformed(candidate)

    def _add_malformed(self, candidate: Any) -> None:
        """A call that Google could not read: its words are the arguments, which are no JSON.

        The tool it names answers that; without a name, the first that is offered.
        """
        message = unknown_bytes(candidate, FINISH_MESSAGE).decode("utf-8", "replace")
        named = (name for name in self.names if name in message)
        name = next(named, next(iter(sorted(self.names)), ""))
        self._add("", name, message or NO_MESSAGE, b"")

    def take(self) -> Iterator[ToolCall]:
        """The calls that came since."""
        calls, self._calls = self._calls, []
        yield from calls

    def _add(self, call_id: str, name: str, arguments: str, opaque: bytes) -> None:
        if len(self._calls) >= MAX_CALLS:
            return
        known, text = call_name(name, self.names), clean_text(bounded(arguments))
        self._calls.append(ToolCall(self.ids.give(call_id), known, text, opaque))


def _whole(value: Any) -> Any:
    """A value whose whole numbers are integers: protocol buffers have fractions alone."""
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return list(map(_whole, value))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
