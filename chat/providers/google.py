"""Gemini through the asynchronous client of `google.ai.generativelanguage`.

The low-level client, because the high-level streaming of `google-generativeai` runs one
chunk late and leaves the call open when it is cancelled. The key travels with each
call. GOOGLE_OPENAI_COMPATIBLE is the address of Google's OpenAI-compatible endpoint,
used instead.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import google.ai.generativelanguage as glm
import grpc.aio
from google.api_core import exceptions as google_errors
from google.auth.credentials import AnonymousCredentials
from grpc.aio import AioRpcError

from chat.core.errors import (
    AuthFailed,
    Blocked,
    ContextTooLong,
    CutOff,
    ModelNotFound,
    ProviderError,
    ProviderRefused,
    RateLimited,
    Unavailable,
)
from chat.core.ports import Model, Text, Tokens
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.providers.base import Pieces, ProviderConfig, with_timeouts_and_retries
from chat.providers.openai_compatible import OpenAICompatibleAdapter

GeminiClient = glm.GenerativeServiceAsyncClient
# Longest call, in seconds beyond the wait for its first piece.
CALL_SECONDS = 300
POLICY_REASONS = {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"}
BAD_ARGUMENT = {"INVALID_ARGUMENT", "FAILED_PRECONDITION"}
KINDS: dict[str, type[ProviderError]] = {
    "UNAUTHENTICATED": AuthFailed,
    "PERMISSION_DENIED": AuthFailed,
    "INVALID_ARGUMENT": ProviderRefused,
    "FAILED_PRECONDITION": ProviderRefused,
    "NOT_FOUND": ModelNotFound,
    "RESOURCE_EXHAUSTED": RateLimited,
}
UNFINISHED = "FINISH_REASON_UNSPECIFIED"
MAX_MESSAGE_BYTES = 4_000_000
MAX_REPLY_BYTES = 64_000_000
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

    async def _open_stream(self, prompt: Prompt, model: Model) -> Pieces:
        call: Any = None
        started = finished = False
        try:
            call = await self._call(prompt, model)
            received = 0
            async for reply in call:
                received += glm.GenerateContentResponse.pb(reply).ByteSize()
                if received > MAX_REPLY_BYTES:
                    raise CutOff("reply_too_large")
                for piece in _pieces(reply):
                    started = started or isinstance(piece, Text)
                    yield piece
                finished = finished or _has_finished(reply)
            if not finished:
                raise CutOff
        except (google_errors.GoogleAPIError, AioRpcError) as error:
            translated = _translate(error)
            if started and isinstance(translated, Unavailable):
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
            timeout=self.config.timeouts.first + CALL_SECONDS,
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


def _pieces(reply: Any) -> Iterator[Text | Tokens]:
    """Text and token counts of one reply.

    Raises Blocked where Google's policy ends the answer.
    """
    if reply.prompt_feedback.block_reason:
        raise Blocked
    for candidate in reply.candidates:
        if text := _text(candidate):
            yield Text(text)
        if _finish_reason(candidate) in POLICY_REASONS:
            raise Blocked
    usage = reply.usage_metadata
    if usage.total_token_count:
        yield Tokens(usage.prompt_token_count, usage.candidates_token_count)


def _text(candidate: Any) -> str:
    return "".join(part.text for part in candidate.content.parts)


def _has_finished(reply: Any) -> bool:
    return any(_finish_reason(candidate) != UNFINISHED for candidate in reply.candidates)


def _finish_reason(candidate: Any) -> str:
    return str(glm.Candidate.FinishReason(candidate.finish_reason).name)


def _translate(error: Exception) -> ProviderError:
    """Google's error as one of ours, by its status.

    Its text may hold a key: never passed on.
    """
    text = str(error).lower()
    if TOO_LARGE in text:
        return CutOff("reply_too_large")
    if "token" in text and ("exceed" in text or "too long" in text):
        return ContextTooLong()
    status = _status(error)
    if status in BAD_ARGUMENT and ("api key" in text or "api_key" in text):
        return AuthFailed()
    return KINDS.get(status, Unavailable)()


def _status(error: Exception) -> str:
    """The name of the gRPC status; empty where there is none."""
    if isinstance(error, AioRpcError):
        return str(error.code().name)
    return getattr(getattr(error, "grpc_status_code", None), "name", "")
