"""A server on loopback that speaks Gemini's gRPC: streams, usage, blocks, errors, cuts, hangs.

What it does is chosen by the model's name, as with the OpenAI one: `fake?tokens=20&delay_ms=5&fault=cut`.

    fault   429 401 404 503 context    a gRPC status, its message as careless as the real ones
            safety  a candidate that stops for safety         blocked  a prompt that is blocked
            cut     the stream ends without a finish reason   drop     it breaks in the middle with UNAVAILABLE
            hang    nothing at all
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

from chat.testing.loopback import Loopback
from chat.testing.openai_server import Settings

METHOD = "/google.ai.generativelanguage.v1beta.GenerativeService/StreamGenerateContent"
STATUS = {
    "401": (grpc.StatusCode.INVALID_ARGUMENT, "API key not valid: AIzaSyVerySecretKey0000"),
    "404": (grpc.StatusCode.NOT_FOUND, "models/x is not found"),
    "429": (grpc.StatusCode.RESOURCE_EXHAUSTED, "Quota exceeded"),
    "503": (grpc.StatusCode.UNAVAILABLE, "overloaded at 10.0.0.7"),
    "context": (grpc.StatusCode.INVALID_ARGUMENT, "The input token count exceeds the maximum number of tokens"),
}


@dataclass
class GoogleServer(Loopback):
    """Start with `with GoogleServer() as server:`; `server.address` is what GOOGLE_API_ENDPOINT takes.

    `requests` holds the requests received, `keys` the key each brought; `closed` counts calls left before their end.
    """

    requests: list[Any] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    closed: int = 0
    port: int = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        server = grpc.aio.server()
        handler = grpc.unary_stream_rpc_method_handler(
            self._stream,
            request_deserializer=glm.GenerateContentRequest.deserialize,
            response_serializer=glm.GenerateContentResponse.serialize,
        )
        service, method = METHOD.strip("/").split("/")
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: handler}),))
        self.port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        ready.set()
        await stop.wait()
        await server.stop(0)

    async def _stream(self, request: Any, context: Any) -> AsyncGenerator[Any]:
        settings = Settings.of(request.model)
        self.requests.append(request)
        self.keys.append(dict(context.invocation_metadata()).get("x-goog-api-key", ""))
        finished = False
        try:
            if settings.fault in STATUS:
                await context.abort(*STATUS[settings.fault])
            if settings.fault == "hang":
                await asyncio.Event().wait()
            if settings.fault == "blocked":
                reason = glm.GenerateContentResponse.PromptFeedback.BlockReason.SAFETY
                yield glm.GenerateContentResponse(prompt_feedback={"block_reason": reason})
                return
            for number in range(settings.tokens):
                if number == settings.tokens // 2:
                    if settings.fault == "cut":
                        finished = True
                        return
                    if settings.fault == "drop":
                        await context.abort(grpc.StatusCode.UNAVAILABLE, "broken at 10.0.0.7")
                    if settings.fault == "safety":
                        yield _reply("", glm.Candidate.FinishReason.SAFETY)
                        return
                yield _reply(f"t{number:04d} ")
                if settings.delay_ms:
                    await asyncio.sleep(settings.delay_ms / 1000)
            usage = {
                "prompt_token_count": 7,
                "candidates_token_count": settings.tokens,
                "total_token_count": 7 + settings.tokens,
            }
            yield _reply("", glm.Candidate.FinishReason.STOP, usage)
            finished = True
        except asyncio.CancelledError:
            self.closed += 1
            self._tell()
            raise
        finally:
            self.finished = finished


def _reply(text: str, reason: Any = 0, usage: dict[str, int] | None = None) -> Any:
    content = {"parts": [{"text": text}], "role": "model"}
    return glm.GenerateContentResponse(
        candidates=[{"content": content, "finish_reason": reason}], usage_metadata=usage or {}
    )
