"""Gemini through the asynchronous client of `google.ai.generativelanguage`.

The low-level client, because the high-level streaming of `google-generativeai` runs one
chunk late and leaves the call open when it is cancelled. The key travels with each
call. GOOGLE_OPENAI_COMPATIBLE is the address of Google's OpenAI-compatible endpoint,
used instead.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from typing import Any

import google.ai.generativelanguage as glm
import grpc.aio
from google.api_core import exceptions as google_errors
from google.auth.credentials import AnonymousCredentials
from grpc.aio import AioRpcError

from chat.core.errors import CutOff, ProviderError, Unavailable
from chat.core.ports import Model
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.providers.base import Pieces, ProviderConfig, Signals, with_timeouts_and_retries
from chat.providers.gemini_replies import GeminiReader
from chat.providers.openai_compatible import OpenAICompatibleAdapter
from chat.providers.service_errors import error_of_body

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

    def stream(self, prompt: Prompt, model: Model) -> Pieces:
        """See Provider."""
        if self.compatible is not None:
            return self.compatible.stream(prompt, model)
        open_stream = partial(self._open_stream, prompt, model)
        return with_timeouts_and_retries(open_stream, self.config.timeouts)

    async def close(self) -> None:
        """Close idle connections."""
        if self.compatible is not None:
            await self.compatible.close()
        else:
            await self.client.transport.close()

    async def _open_stream(self, prompt: Prompt, model: Model) -> Signals:
        call: Any = None
        reader = GeminiReader()
        try:
            call = await self._call(prompt, model)
            async for reply in call:
                for signal in reader.signals(glm.GenerateContentResponse.pb(reply)):
                    yield signal
            reader.check_end()
        except (google_errors.GoogleAPIError, AioRpcError) as error:
            translated = _translate(error)
            if reader.has_text and isinstance(translated, Unavailable):
                raise CutOff from error
            raise translated from error
        finally:
            if call is not None:
                with contextlib.suppress(Exception):
                    call.cancel()

    async def _call(self, prompt: Prompt, model: Model) -> Any:
        return await self.client.stream_generate_content(
            _request(prompt, model),
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


def _request(prompt: Prompt, model: Model) -> Any:
    return glm.GenerateContentRequest(
        model=model.id if "/" in model.id else f"models/{model.id}",
        contents=[_content(turn) for turn in prompt.turns],
        system_instruction=glm.Content(parts=[glm.Part(text=prompt.system)]),
        generation_config=glm.GenerationConfig(max_output_tokens=model.output, **model.options),
    )


def _content(turn: Turn) -> Any:
    role = "model" if turn.role == "assistant" else "user"
    return glm.Content(role=role, parts=[glm.Part(text=turn.content)])


def _translate(error: Exception) -> ProviderError:
    """Google's error as one of ours. Its text may hold a key: never passed on."""
    text = str(error)
    if TOO_LARGE in text.lower():
        return CutOff("reply_too_large")
    status = _status(error)
    return error_of_body({"code": status, "message": text}, HTTP_STATUSES.get(status, 500))


def _status(error: Exception) -> str:
    """The name of the gRPC status; empty where there is none."""
    if isinstance(error, AioRpcError):
        return str(error.code().name)
    return getattr(getattr(error, "grpc_status_code", None), "name", "")
