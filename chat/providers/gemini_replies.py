"""From Gemini's replies to the pieces of an answer.

Read from the protocol buffers themselves: the package's enumerations and fields are of
an earlier release than the service.
https://github.com/googleapis/googleapis/tree/master/google/ai/generativelanguage
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chat.core.errors import Blocked, CutOff, Unavailable
from chat.core.ports import Piece, Text, Thinking, Tokens
from chat.core.prompt import Prompt
from chat.providers.answer_pieces import end_of_answer
from chat.providers.base import ALIVE, ENDED, Signal
from chat.providers.gemini_calls import GeminiCalls
from chat.providers.reply_reader import call_ids
from chat.providers.token_counts import token_count
from chat.providers.unknown_fields import unknown_number

MAX_REPLY_BYTES = 64_000_000
# Candidate.FinishReason, besides those that mean that the answer broke off.
FINISH_REASONS = {
    1: "stop",
    2: "max_tokens",
    3: "safety",
    4: "recitation",
    6: "language",
    7: "blocklist",
    8: "prohibited_content",
    9: "spii",
    10: "tool_call",
    11: "image_safety",
    12: "tool_call",
    13: "tool_call",
}
# Fields that the package does not know yet: Part.thought, UsageMetadata.thoughts_token_count.
THOUGHT = 11
THOUGHTS_TOKENS = 10


@dataclass
class GeminiReader:
    """The pieces in the replies of one call, in order."""

    has_text: bool = False
    calls: GeminiCalls | None = None
    _has_ended: bool = False
    _has_unwanted: bool = False
    _bytes: int = 0

    @classmethod
    def of(cls, prompt: Prompt) -> GeminiReader:
        """The reader of the replies to a prompt."""
        if not prompt.tools:
            return cls()
        return cls(calls=GeminiCalls(prompt.tool_names, call_ids(prompt)))

    def signals(self, reply: Any) -> Iterator[Piece | Signal]:
        """The pieces of one reply, and how the answer ends where it says so.

        Raises Blocked where Google's policy ends the answer, CutOff beyond the bounds.
        """
        self._bytes += reply.ByteSize()
        if self._bytes > MAX_REPLY_BYTES:
            raise CutOff("reply_too_large")
        if reply.prompt_feedback.block_reason:
            raise Blocked
        yield ALIVE
        for candidate in reply.candidates[:1]:
            yield from self._parts(candidate)
        tokens = _tokens(reply.usage_metadata)
        if tokens is not None:
            yield tokens
        for candidate in reply.candidates[:1]:
            yield from self._end(candidate)

    def check_end(self) -> None:
        """Raises where the call has ended without a finish reason."""
        if not self._has_ended:
            raise CutOff if self.has_text else Unavailable("broken_before_answer")

    def _parts(self, candidate: Any) -> Iterator[Piece]:
        for part in candidate.content.parts:
            if unknown_number(part, THOUGHT):
                yield Thinking()
            elif part.text:
                self.has_text = True
                yield Text(part.text)
            elif part.HasField("function_call"):
                self._call(part)

    def _call(self, part: Any) -> None:
        if self.calls is None:
            self._has_unwanted = True
        else:
            self.calls.add(part)

    def _end(self, candidate: Any) -> Iterator[Piece | Signal]:
        if candidate.finish_reason and not self._has_ended:
            self._has_ended = True
            yield from self._taken(candidate)
            yield end_of_answer(self._reason(candidate)) or ENDED

    def _taken(self, candidate: Any) -> Iterator[Piece]:
        """The calls, the malformed one among them that ended the reply."""
        if self.calls is not None:
            self.calls.end(candidate)
            yield from self.calls.take()

    def _reason(self, candidate: Any) -> str:
        reason = FINISH_REASONS.get(candidate.finish_reason, "unknown")
        if self.calls is not None and reason == "tool_call":
            return "stop"
        if self._has_unwanted and not self.has_text and reason == "stop":
            return "tool_call"
        return reason


def _tokens(usage: Any) -> Tokens | None:
    if not usage.total_token_count:
        return None
    return Tokens(token_count(usage.prompt_token_count), token_count(_written(usage)))


def _written(usage: Any) -> int:
    """Tokens of the answer and of the thoughts before it: both are paid for."""
    answer: int = usage.candidates_token_count
    return answer + unknown_number(usage, THOUGHTS_TOKENS)
