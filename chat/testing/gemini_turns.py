"""The turns of tool_script.py in Gemini's format.

The first call of a turn carries a thought signature, as those of Gemini 3 do: a field that
the package does not know yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import google.ai.generativelanguage as glm

from chat.testing.model_script import ModelScript
from chat.testing.tool_script import ModelTurn, Play, play, read_turns

TEXT_PIECE = 7
SIGNATURE = b"signed"
# Part.thought_signature: field 13, bytes.
SIGNATURE_FIELD = b"\x6a\x06" + SIGNATURE
COUNTS = {"prompt_token_count": 7, "candidates_token_count": 2, "total_token_count": 9}


def gemini_turn(plays: Play | None, script: ModelScript, request: Any) -> ModelTurn | None:
    """The turn that answers a request; None where the model calls no tools."""
    turns = plays or read_turns(script.turns)
    if not turns:
        return None
    exchanges = sum(map(_is_exchange, request.contents))
    return play(turns, request, exchanges, may_call=_may_call(request))


def _may_call(request: Any) -> bool:
    mode = request.tool_config.function_calling_config.mode
    return bool(request.tools) and mode != glm.FunctionCallingConfig.Mode.NONE


def _is_exchange(content: Any) -> bool:
    return any(part.function_call.name for part in content.parts)


def replies_of_turn(turn: ModelTurn, fault: str = "") -> Iterator[bytes]:
    """The replies of one call, as bytes; with the fault `cut` those of its first half."""
    replies = list(_replies(turn))
    if fault == "cut":
        replies = replies[: len(replies) // 2]
    yield from replies


def _replies(turn: ModelTurn) -> Iterator[bytes]:
    for start in range(0, len(turn.text), TEXT_PIECE):
        yield _message([{"text": turn.text[start : start + TEXT_PIECE]}])
    for number, each in enumerate(turn.calls):
        part = {"function_call": {"name": each.name, "args": json.loads(each.arguments)}}
        yield _message([part], signature=SIGNATURE_FIELD * (number == 0))
    yield _message([], finish_reason=1)


def _message(parts: list[Any], *, signature: bytes = b"", finish_reason: int = 0) -> bytes:
    candidate = {"content": {"parts": parts, "role": "model"}, "finish_reason": finish_reason}
    reply = glm.GenerateContentResponse(candidates=[candidate])
    if finish_reason:
        reply.usage_metadata = COUNTS
    pb = glm.GenerateContentResponse.pb(reply)
    if signature:
        pb.candidates[0].content.parts[0].MergeFromString(signature)
    return bytes(pb.SerializeToString())
