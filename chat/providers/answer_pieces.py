"""From the JSON objects of a chat completion to the pieces of an answer.

Written for https://platform.openai.com/docs/api-reference/chat-streaming and for the
liberties that other services take with it. Whatever has another shape is ignored:
nothing here raises but the ProviderError family.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chat.core.errors import Blocked, CutOff, Unavailable
from chat.core.ports import LengthLimit, Piece, Text, Thinking
from chat.providers.call_fragments import CallFragments
from chat.providers.service_errors import error_of_body
from chat.providers.token_counts import tokens_of

Json = dict[str, Any]

COMPLETE = {"stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete", "completed"}
TOO_LONG = {
    "length",
    "max_tokens",
    "max_output_tokens",
    "max_completion_tokens",
    "model_length",  # Mistral
    "model_context_window_exceeded",
}
POLICY = {
    "content_filter",
    "content_filtered",
    "safety",
    "image_safety",
    "recitation",
    "language",
    "blocklist",
    "prohibited_content",
    "spii",
    "refusal",
    "sensitive",
    "guardrail_intervened",
}
TOOLS = {"tool_calls", "tool_call", "tool_use", "function_call"}
# Where services put what the model thinks before it answers.
THOUGHT_KEYS = ("reasoning_content", "reasoning", "reasoning_details", "thinking", "thought")
THOUGHT_TYPES = {"thinking", "reasoning", "redacted_thinking"}
TEXT_KEYS = ("content", "text", "refusal", "parts")
MAX_DEPTH = 4


def end_of_answer(reason: str, *, may_call: bool = False) -> LengthLimit | None:
    """What follows from a finish reason; None for a complete answer.

    Raises Blocked, CutOff; so for calls where `may_call` is false.
    """
    reason = reason.strip().lower()
    if reason in COMPLETE or (may_call and reason in TOOLS):
        return None
    if reason in TOO_LONG:
        return LengthLimit()
    if reason in POLICY:
        raise Blocked
    if reason in TOOLS:
        raise CutOff("tool_not_offered")
    raise CutOff


@dataclass
class AnswerReader:
    """The pieces in the objects of one reply, in order.

    `reason` is the finish reason, empty until it comes. `calls` joins calls of tools, where
    tools were offered.
    """

    reason: str = ""
    calls: CallFragments | None = None
    _has_text: bool = False
    _has_deltas: bool = False
    _index: Any = None

    def usual_text(self, event: Json) -> str:
        """The text of an event that holds a delta with text and nothing else of interest.

        Empty for any other event, which `pieces` reads.
        """
        try:
            (choice,) = event["choices"]
            delta = choice["delta"]
            text: str = delta["content"]
            if choice.get("finish_reason") or choice.get("index") != self._index:
                return ""
        except (KeyError, TypeError, ValueError, AttributeError):
            return ""
        is_usual = type(text) is str and len(delta) == 1 and not event.get("usage")
        if not is_usual or not self._has_deltas or "error" in event or "error" in choice:
            return ""
        self._has_text = self._has_text or bool(text)
        return text

    def pieces(self, event: Json) -> Iterator[Piece]:
        """Text, thinking and token counts of one object. Raises the error that it holds."""
        choice = self._choice(event)
        if not self.reason:
            _raise_error(event, choice)
        part = self._part(choice)
        yield from self._text_pieces(part)
        if self.calls is not None:
            self._read_calls(self.calls, part, choice)
        tokens = tokens_of(event)
        if tokens is not None:
            yield tokens
        self.reason = self.reason or _finish_reason(choice)

    def check_end(self, *, is_done: bool) -> None:
        """Raises where a reply has ended without a finish reason.

        One that ends with the line `[DONE]` and has text is complete.
        """
        has_calls = self.calls is not None and self.calls.has_any
        if self.reason or (is_done and (self._has_text or has_calls)):
            return
        raise CutOff if self._has_text else Unavailable("broken_before_answer")

    def _choice(self, event: Json) -> Json:
        """The choice of an object: only one was asked for, so others are left out.

        The object itself where it has none: Ollama's own format has `message` there.
        """
        choices = event.get("choices")
        if isinstance(choices, dict):
            choices = [choices]
        if not isinstance(choices, list):
            return event if choices is None else {}
        known = [choice for choice in choices if isinstance(choice, dict)]
        if known and self._index is None:
            self._index = known[0].get("index")
        for choice in known:
            if choice.get("index") in (None, self._index):
                return choice
        return {}

    def _read_calls(self, calls: CallFragments, part: Json, choice: Json) -> None:
        """Those of a whole message count where deltas held text alone."""
        message = choice.get("message")
        is_new = not part and calls.has_none and isinstance(message, dict)
        calls.read(message if is_new and isinstance(message, dict) else part)

    def _text_pieces(self, part: Json) -> Iterator[Piece]:
        if any(part.get(key) for key in THOUGHT_KEYS) or _has_thoughts(part.get("content")):
            yield Thinking()
        text = _first_text(part, MAX_DEPTH)
        if text:
            self._has_text = True
            yield Text(text)

    def _part(self, choice: Json) -> Json:
        """The object that holds the text: `delta`, else `message`, else the choice.

        A service that sends both repeats in `message` what it sent in deltas.
        """
        delta = choice.get("delta")
        if isinstance(delta, dict):
            self._has_deltas = True
            return delta
        if isinstance(delta, str):
            self._has_deltas = True
            return {"content": delta}
        if self._has_deltas:
            return {}
        message = choice.get("message")
        return message if isinstance(message, dict) else choice


def _raise_error(event: Json, choice: Json) -> None:
    for holder in (event, choice):
        for key in ("error", "errors"):
            if holder.get(key):
                raise error_of_body(holder[key])
    if "choices" not in event and _is_error(event):
        raise error_of_body(event)


def _is_error(event: Json) -> bool:
    """vLLM's `object: error`, FastAPI's `detail`, a gateway's `message`."""
    if event.get("object") == "error" or event.get("type") == "error":
        return True
    return bool(event.get("detail")) or isinstance(event.get("message"), str)


def _first_text(holder: Json, depth: int) -> str:
    for key in TEXT_KEYS:
        if text := _text(holder.get(key), depth):
            return text
    return ""


def _text(content: Any, depth: int) -> str:
    """The text of a content: a string, or parts of which some hold text."""
    if isinstance(content, str):
        return content
    if not content or depth == 0:
        return ""
    if isinstance(content, list):
        return "".join(_text(part, depth - 1) for part in content)
    if isinstance(content, dict) and not _is_thought(content):
        return _first_text(content, depth - 1)
    return ""


def _has_thoughts(content: Any) -> bool:
    return isinstance(content, list) and any(map(_is_thought, content))


def _is_thought(part: Any) -> bool:
    if not isinstance(part, dict):
        return False
    kind = part.get("type")
    return isinstance(kind, str) and kind in THOUGHT_TYPES


def _finish_reason(choice: Json) -> str:
    """The finish reason as text, empty while there is none."""
    reason = choice.get("finish_reason")
    if isinstance(reason, dict):
        reason = reason.get("type")
    if not reason and choice.get("done") is True:  # Ollama
        reason = choice.get("done_reason") or "stop"
    if not reason:
        return ""
    return reason if isinstance(reason, str) else "unknown"
