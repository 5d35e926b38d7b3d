"""OpenAI and everything that speaks its chat API: OpenRouter, Ollama, Azure, Google's compatible endpoint, local servers.

The stream is read as raw bytes: building the SDK's typed chunk for every token costs several times what the rest of
the way to the reader does. Wire format: server-sent events, https://platform.openai.com/docs/api-reference/chat-streaming
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx2
import openai

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

YIELD_EVERY = 32
CONNECTIONS = 1_000


class OpenAICompatibleAdapter:
    """One service. Bound to the event loop it is first used in."""

    is_generative = True

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        self.client = self._client()

    @property
    def seconds(self) -> float:
        """The client's own time-out: ours, which say what happened, come first."""
        return max(self.config.timeouts.first, self.config.timeouts.idle) + 5

    def transport(self) -> Any:
        """aiohttp below the SDK: of several it costs the least for each piece. A key follows no redirect."""
        limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        return openai.DefaultAioHttpClient(
            timeout=self.seconds, limits=limits, follow_redirects=False
        )

    def _client(self) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(
            api_key=self.config.key or "none",
            base_url=self.config.address,
            max_retries=0,
            timeout=self.seconds,
            http_client=self.transport(),
            default_headers=dict(self.config.headers) or None,
        )

    def stream(self, asked: Prompt, model: Model) -> Pieces:
        """See Provider."""
        return with_timeouts_and_retries(lambda: self._once(asked, model), self.config.timeouts)

    async def close(self) -> None:
        """Close idle connections."""
        await self.client.close()

    async def _once(self, asked: Prompt, model: Model) -> AsyncGenerator[Text | Tokens]:
        try:
            completions: Any = (
                self.client.chat.completions
            )  # the overloads know no plain dictionaries
            async with completions.with_streaming_response.create(
                model=model.id,
                messages=[],
                stream=True,
                # Here and not above: the SDK walks through what it is given above type by type, which costs milliseconds.
                extra_body={
                    "messages": asked.as_messages(),
                    "stream_options": {"include_usage": True},
                    **model.options,
                    **self._output_limit(model),
                },
            ) as response:
                finished = False
                number = 0
                async for event in _events(response.iter_bytes()):
                    for piece in _pieces(event):
                        if isinstance(piece, str):
                            finished = True
                            continue
                        yield piece
                        number += 1
                        if number == 1 or number % YIELD_EVERY == 0:
                            await asyncio.sleep(
                                0
                            )  # a burst must not keep others, or our own first piece, waiting
                if not finished:
                    raise CutOff
        except openai.APIError as error:
            raise _translate(error) from error
        except ProviderError:
            raise
        except (OSError, httpx2.TransportError) as error:
            raise CutOff from error

    def _output_limit(self, model: Model) -> dict[str, int]:
        return {"max_tokens": model.output}


class Azure(OpenAICompatibleAdapter):
    """Azure OpenAI: the model's id is the deployment's name."""

    def _client(self) -> openai.AsyncOpenAI:
        return openai.AsyncAzureOpenAI(
            api_key=self.config.key,
            azure_endpoint=self.config.address,
            api_version=self.config.version or "2024-12-01-preview",
            max_retries=0,
            timeout=self.seconds,
            http_client=self.transport(),
        )


async def _events(chunks: AsyncIterator[bytes]) -> AsyncGenerator[dict[str, Any]]:
    """The JSON of each `data:` line. Split at newlines only: other decoders also split at U+2028, inside a string."""
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                data = line[5:].strip()
                if data and data != b"[DONE]":
                    try:
                        event = json.loads(data)
                    except (ValueError, RecursionError):
                        raise CutOff from None
                    if isinstance(event, dict):
                        yield event


def _pieces(event: dict[str, Any]) -> list[Text | Tokens | str]:
    """What one event holds: text, token counts, and (as a plain string) the reason it finished."""
    if event.get("error"):
        raise _from_body(event["error"], 500)
    found: list[Text | Tokens | str] = []
    for choice in event.get("choices") or []:
        delta = choice.get("delta") or {}
        if isinstance(text := delta.get("content"), str) and text:
            found.append(Text(text))
        if reason := choice.get("finish_reason"):
            if reason == "content_filter":
                raise Blocked
            found.append(str(reason))
    if usage := event.get("usage"):
        found.append(Tokens(usage.get("prompt_tokens"), usage.get("completion_tokens")))
    return found


def _translate(error: openai.APIError) -> ProviderError:
    """The SDK's error as one of ours. What the service wrote is looked at, never passed on: it may echo a key."""
    if isinstance(error, openai.APIStatusError):
        return _from_body(error.body, error.status_code, _retry_after(error))
    return (
        Unavailable()
    )  # not reached, or not in time: below aiohttp the SDK does not tell the two apart


def _from_body(body: Any, status: int, retry_after: float | None = None) -> ProviderError:
    text = json.dumps(body, default=str).lower()[:5_000] if body else ""
    if (
        "context_length" in text
        or "maximum context" in text
        or "too many tokens" in text
        or "prompt is too long" in text
    ):
        return provider_error(ContextTooLong)
    if "content_filter" in text or "content management policy" in text:
        return provider_error(Blocked)
    match status:
        case 401 | 403:
            return provider_error(AuthFailed)
        case 404:
            return provider_error(ModelNotFound)
        case 429:
            return provider_error(RateLimited, retry_after)
        case 400 | 405 | 409 | 413 | 415 | 422:
            return provider_error(
                ModelNotFound
                if "model" in text and "not" in text and "exist" in text
                else ProviderRefused
            )
        case _:
            return provider_error(Unavailable, retry_after)


def _retry_after(error: openai.APIStatusError) -> float | None:
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "")))
    except ValueError:
        return None
