"""A server on loopback that speaks Gemini's gRPC: streams, usage, blocks, errors.

The model's name is the script (see model_script.py). Its faults:

    429 401 404 503 context   a gRPC status, its message as careless as the real ones
    safety   a candidate that stops for safety         blocked  a prompt that is blocked
    cut      the stream ends without a finish reason   drop     it breaks with UNAVAILABLE
    hang     nothing at all
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import google.ai.generativelanguage as glm
import grpc
import grpc.aio

from chat.testing.gemini_turns import gemini_turn, replies_of_turn
from chat.testing.loopback import Loopback
from chat.testing.model_script import ModelScript
from chat.testing.tool_script import Play

SERVICE = "google.ai.generativelanguage.v1beta.GenerativeService"
METHOD = "StreamGenerateContent"
STATUS = {
    "401": (grpc.StatusCode.INVALID_ARGUMENT, "API key not valid: AIzaSyVerySecretKey0000"),
    "404": (grpc.StatusCode.NOT_FOUND, "models/x is not found"),
    "429": (grpc.StatusCode.RESOURCE_EXHAUSTED, "Quota exceeded"),
    "503": (grpc.StatusCode.UNAVAILABLE, "overloaded at 10.0.0.7"),
    "context": (
        grpc.StatusCode.INVALID_ARGUMENT,
        "The input token count exceeds the maximum number of tokens",
    ),
}
PROMPT_TOKENS = 7


@dataclass
class GoogleServer(Loopback):
    """`with GoogleServer() as server:`; `server.address` is GOOGLE_API_ENDPOINT.

    `requests` holds the requests received, `keys` the key of each. `closed` counts
    calls left before their end. A model in `replies` gets those as they are: messages
    as bytes, an error as status and words. One in `plays` calls tools (see
    tool_script.py); its name there has `models/` in front. A function there may return an
    error, too.
    """

    requests: list[Any] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    replies: dict[str, list[Any]] = field(default_factory=dict)
    plays: dict[str, Play] = field(default_factory=dict)
    closed: int = 0
    port: int = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        server = grpc.aio.server()
        server.add_generic_rpc_handlers((_handlers(self._stream),))
        self.port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        ready.set()
        await stop.wait()
        await server.stop(0)

    async def _stream(self, request: Any, context: Any) -> AsyncGenerator[Any]:
        self.requests.append(request)
        self.keys.append(_key(context))
        script = ModelScript.of(request.model)
        try:
            if request.model in self.replies:
                for reply in self.replies[request.model]:
                    yield await _given(reply, context)
                return
            if script.fault in STATUS:
                await context.abort(*STATUS[script.fault])
            if script.fault == "hang":
                await asyncio.Event().wait()
            turn: Any = gemini_turn(self.plays.get(request.model), script, request)
            if isinstance(turn, tuple):
                await _given(turn, context)
            elif turn is not None:
                for reply in replies_of_turn(turn, script.fault):
                    yield reply
                return
            async for reply in _replies(script, context):
                yield reply
        except asyncio.CancelledError:
            self.closed += 1
            self._notify()
            raise


def _key(context: Any) -> str:
    metadata = dict(context.invocation_metadata())
    return str(metadata.get("x-goog-api-key", ""))


def _handlers(stream: Any) -> Any:
    handler = grpc.unary_stream_rpc_method_handler(
        stream,
        request_deserializer=glm.GenerateContentRequest.deserialize,
        response_serializer=_serialize,
    )
    return grpc.method_handlers_generic_handler(SERVICE, {METHOD: handler})


def _serialize(reply: Any) -> bytes:
    if isinstance(reply, bytes):
        return reply
    return bytes(glm.GenerateContentResponse.serialize(reply))


async def _given(reply: Any, context: Any) -> bytes:
    if isinstance(reply, bytes):
        return reply
    status, words = reply
    await context.abort(grpc.StatusCode[status], words)
    raise AssertionError("abort raises")


async def _replies(script: ModelScript, context: Any) -> AsyncGenerator[Any]:
    if script.fault == "blocked":
        yield _blocked()
        return
    words = script.words()
    for number, word in enumerate(words):
        if number == len(words) // 2:
            match script.fault:
                case "cut":
                    return
                case "drop":
                    await context.abort(grpc.StatusCode.UNAVAILABLE, "broken at 10.0.0.7")
                case "safety":
                    yield _reply("", glm.Candidate.FinishReason.SAFETY)
                    return
        yield _reply(word)
        if script.delay_ms:
            await asyncio.sleep(script.delay_ms / 1000)
    yield _reply("", glm.Candidate.FinishReason.STOP, _usage(len(words)))


def _reply(text: str, finish_reason: Any = 0, usage: dict[str, int] | None = None) -> Any:
    content = {"parts": [{"text": text}], "role": "model"}
    candidate = {"content": content, "finish_reason": finish_reason}
    return glm.GenerateContentResponse(candidates=[candidate], usage_metadata=usage or {})


def _blocked() -> Any:
    reason = glm.GenerateContentResponse.PromptFeedback.BlockReason.SAFETY
    return glm.GenerateContentResponse(prompt_feedback={"block_reason": reason})


def _usage(tokens: int) -> dict[str, int]:
    return {
        "prompt_token_count": PROMPT_TOKENS,
        "candidates_token_count": tokens,
        "total_token_count": PROMPT_TOKENS + tokens,
    }
