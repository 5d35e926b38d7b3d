"""Gemini through `google-generativeai`'s asynchronous client.

The low-level client on purpose: the package's high-level streaming runs one chunk late and leaves the call open when
it is cancelled. The key travels with each call. GOOGLE_OPENAI_COMPATIBLE switches to Google's OpenAI-compatible
endpoint instead.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import Any

import google.ai.generativelanguage as glm
from google.api_core import exceptions as google_errors
from google.api_core.client_options import ClientOptions
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
from chat.core.pipeline import Model, Text, Tokens
from chat.core.prompt import Prompt
from chat.providers.base import Pieces, ProviderConfig, provider_error, with_timeouts_and_retries
from chat.providers.openai_compatible import OpenAICompatibleAdapter

STOPPED_BY_POLICY = {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"}


class Google:
    """Gemini. Bound to the event loop it is first used in."""

    is_generative = True

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        self.compatible: OpenAICompatibleAdapter | None = None
        if config.compatible_address:
            same = ProviderConfig(
                config.name, config.key, config.compatible_address, config.headers, config.timeouts
            )
            self.compatible = OpenAICompatibleAdapter(same)
        else:
            self.client = _client(config)

    def stream(self, asked: Prompt, model: Model) -> Pieces:
        """See Provider."""
        if self.compatible is not None:
            return self.compatible.stream(asked, model)
        return with_timeouts_and_retries(lambda: self._once(asked, model), self.config.timeouts)

    async def close(self) -> None:
        """Close idle connections."""
        if self.compatible is not None:
            await self.compatible.close()
        else:
            await self.client.transport.close()

    async def _once(self, asked: Prompt, model: Model) -> AsyncGenerator[Text | Tokens]:
        call: Any = None
        started = False
        try:
            call = await self.client.stream_generate_content(
                _request(asked, model),
                retry=None,
                timeout=self.config.timeouts.first + 300,
                metadata=[("x-goog-api-key", self.config.key)],
            )
            finished = False
            async for reply in call:
                if reply.prompt_feedback.block_reason:
                    raise Blocked
                for candidate in reply.candidates:
                    text = "".join(part.text for part in candidate.content.parts)
                    if text:
                        started = True
                        yield Text(text)
                    reason = glm.Candidate.FinishReason(candidate.finish_reason).name
                    if reason in STOPPED_BY_POLICY:
                        raise Blocked
                    finished = finished or reason != "FINISH_REASON_UNSPECIFIED"
                if reply.usage_metadata.total_token_count:
                    yield Tokens(
                        reply.usage_metadata.prompt_token_count,
                        reply.usage_metadata.candidates_token_count,
                    )
            if not finished:
                raise CutOff
        except (google_errors.GoogleAPIError, AioRpcError) as error:
            raise (CutOff() if started and _is_outage(error) else _translate(error)) from error
        finally:
            if call is not None:
                with contextlib.suppress(Exception):
                    call.cancel()


def _client(config: ProviderConfig) -> Any:
    options = ClientOptions(api_endpoint=config.address) if config.address else None
    if config.address.startswith(("127.0.0.1:", "localhost:")):
        # A loopback endpoint speaks plain gRPC: that is how the tests talk to it.
        import grpc.aio

        transport = glm.GenerativeServiceAsyncClient.get_transport_class("grpc_asyncio")(
            channel=grpc.aio.insecure_channel(config.address)
        )
        return glm.GenerativeServiceAsyncClient(transport=transport)
    return glm.GenerativeServiceAsyncClient(
        credentials=AnonymousCredentials(), client_options=options
    )


def _request(asked: Prompt, model: Model) -> Any:
    contents = [
        glm.Content(
            role="model" if turn.role == "assistant" else "user",
            parts=[glm.Part(text=turn.content)],
        )
        for turn in asked.turns
    ]
    return glm.GenerateContentRequest(
        model=model.id if "/" in model.id else f"models/{model.id}",
        contents=contents,
        system_instruction=glm.Content(parts=[glm.Part(text=asked.system)]),
        generation_config=glm.GenerationConfig(max_output_tokens=model.output, **model.options),
    )


def _is_outage(error: Exception) -> bool:
    return type(_translate(error)) is Unavailable


def _translate(error: Exception) -> ProviderError:
    """Google's error as one of ours, judged by its status; its text is looked at, never passed on."""
    code = (
        error.code() if isinstance(error, AioRpcError) else getattr(error, "grpc_status_code", None)
    )
    name = getattr(code, "name", "")
    text = str(error).lower()
    if "token" in text and ("exceed" in text or "too long" in text):
        return provider_error(ContextTooLong)
    match name:
        case "UNAUTHENTICATED" | "PERMISSION_DENIED":
            return provider_error(AuthFailed)
        case "INVALID_ARGUMENT" | "FAILED_PRECONDITION":
            return provider_error(
                AuthFailed if "api key" in text or "api_key" in text else ProviderRefused
            )
        case "NOT_FOUND":
            return provider_error(ModelNotFound)
        case "RESOURCE_EXHAUSTED":
            return provider_error(RateLimited)
        case _:
            return provider_error(Unavailable)
