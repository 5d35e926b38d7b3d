"""Gemini through the asynchronous client of `google.ai.generativelanguage`.

The low-level client, because the high-level streaming of `google-generativeai` runs one
chunk late and leaves the call open when it is cancelled. The key travels with each
call. GOOGLE_OPENAI_COMPATIBLE is the address of Google's OpenAI-compatible endpoint,
used instead.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace
from functools import partial
from typing import Any

import google.ai.generativelanguage as glm
import grpc.aio
from google.api_core import exceptions as google_errors
from google.auth.credentials import AnonymousCredentials
from grpc.aio import AioRpcError

from chat.core.errors import ContextTooLong, CutOff, ProviderError, Unavailable
from chat.core.ports import Model
from chat.core.prompt import Prompt
from chat.providers.base import Pieces, ProviderConfig, Signals, with_timeouts_and_retries
from chat.providers.gemini_replies import GeminiReader
from chat.providers.google_requests import request
from chat.providers.openai_compatible import OpenAICompatibleAdapter
from chat.providers.service_errors import Report, error_of_body
from chat.providers.text_calls import calls_in_text
from chat.providers.tool_requests import ToolRequests

GeminiClient = glm.GenerativeServiceAsyncClient
# https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
HTTP_STATUSES = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
# Google's own time-out is longer than ours, whose errors say what happened.
SPARE_SECONDS = 5
MAX_MESSAGE_BYTES = 4_000_000
CHANNEL_OPTIONS = [
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
]
# What the client itself says of a message above the bound.
TOO_LARGE = "received message larger than max"
LOOPBACK = ("127.0.0.1:", "localhost:")


class Google:
    """Gemini. Bound to the event loop it is first used in."""

    is_generative = True

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        self.compatible: OpenAICompatibleAdapter | None = None
        address = config.environment.get("GOOGLE_OPENAI_COMPATIBLE")
        if address:
            self.compatible = OpenAICompatibleAdapter(replace(config, address=address))
        else:
            self.client = _client(config)
        self.tools = ToolRequests(config.tool_refusals)

    def stream(self, prompt: Prompt, model: Model) -> Pieces:
        """See Provider."""
        if self.compatible is not None:
            return self.compatible.stream(prompt, model)
        open_stream = partial(self._open_stream, prompt, model)
        pieces = with_timeouts_and_retries(open_stream, self.config.timeouts)
        return calls_in_text(pieces, prompt)

    async def close(self) -> None:
        """Close idle connections."""
        if self.compatible is not None:
            await self.compatible.close()
        else:
            await self.client.transport.close()

    async def _open_stream(self, prompt: Prompt, model: Model) -> Signals:
        self.tools.check(prompt, model)
        reader = GeminiReader.of(prompt)
        try:
            async with contextlib.aclosing(self._replies(prompt, model)) as replies:
                async for reply in replies:
                    for signal in reader.signals(glm.GenerateContentResponse.pb(reply)):
                        yield signal
            reader.check_end()
        except (google_errors.GoogleAPIError, AioRpcError) as error:
            translated = _translate(error)
            if reader.has_text and isinstance(translated, Unavailable):
                raise CutOff from error
            raise translated from error

    async def _replies(self, prompt: Prompt, model: Model) -> AsyncGenerator[Any]:
        """The replies; asked once more for each form of calls and results that is refused."""
        has_begun, call = False, None
        while True:
            try:
                call = await self._call(prompt, model)
                async for reply in call:
                    has_begun = True
                    yield reply
                return
            except (google_errors.GoogleAPIError, AioRpcError) as error:
                if has_begun or not self._learn(prompt, model, error):
                    raise
            finally:
                if call is not None:
                    with contextlib.suppress(Exception):
                        call.cancel()

    def _learn(self, prompt: Prompt, model: Model, error: Exception) -> bool:
        """Whether the next request differs from the one that was refused."""
        if isinstance(_translate(error), ContextTooLong):
            return False
        status = HTTP_STATUSES.get(_status(error), 500)
        return self.tools.learn(prompt, model, status, Report.of(_body(error)))

    async def _call(self, prompt: Prompt, model: Model) -> Any:
        return await self.client.stream_generate_content(
            request(prompt, model, is_plain=self.tools.is_plain(prompt, model)),
            retry=None,
            timeout=self.config.timeouts.call + SPARE_SECONDS,
            metadata=[("x-goog-api-key", self.config.key)],
        )


def _client(config: ProviderConfig) -> Any:
    """A client whose messages are bounded; without TLS for the server of the tests."""
    transport_class: Any = GeminiClient.get_transport_class("grpc_asyncio")
    if config.address.startswith(LOOPBACK):
        channel = grpc.aio.insecure_channel(config.address, options=CHANNEL_OPTIONS)
        return GeminiClient(transport=transport_class(channel=channel))

    def bounded_channel(*args: Any, **options: Any) -> Any:
        return transport_class.create_channel(*args, **{**options, "options": CHANNEL_OPTIONS})

    host = {"host": config.address} if config.address else {}
    transport = transport_class(credentials=AnonymousCredentials(), channel=bounded_channel, **host)
    return GeminiClient(transport=transport)


def _translate(error: Exception) -> ProviderError:
    """Google's error as one of ours. Its text may hold a key: never passed on."""
    if TOO_LARGE in str(error).lower():
        return CutOff("reply_too_large")
    return error_of_body(_body(error), HTTP_STATUSES.get(_status(error), 500))


def _body(error: Exception) -> dict[str, str]:
    return {"code": _status(error), "message": str(error)}


def _status(error: Exception) -> str:
    """The name of the gRPC status; empty where there is none."""
    if isinstance(error, AioRpcError):
        return str(error.code().name)
    return getattr(getattr(error, "grpc_status_code", None), "name", "")
