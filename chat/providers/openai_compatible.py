"""OpenAI, and services with its chat API: OpenRouter, Azure, Ollama, local servers.

The stream is read as raw bytes: constructing the SDK's typed chunk for each token costs
several times what the rest of the way to the reader does. Wire format: server-sent
events, https://platform.openai.com/docs/api-reference/chat-streaming
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from functools import partial
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
from chat.core.ports import Model, Text, Tokens
from chat.core.prompt import Prompt
from chat.providers.base import (
    Pieces,
    ProviderConfig,
    parse_retry_after,
    provider_error,
    with_timeouts_and_retries,
)
from chat.providers.event_stream import EventDecoder
from deepwiki.foundation.bounded_http import UNCOMPRESSED, ReplyTooLarge, bound_reply_async

YIELD_EVERY = 32
# A whole reply: an answer and its thoughts, some hundred bytes a token.
MAX_REPLY_BYTES = 64_000_000
CONNECTIONS = 1_000
MAX_ERROR_CHARS = 5_000
# Phrases of services for a prompt that exceeds the context, and for a content policy.
CONTEXT_PHRASES = ("context_length", "maximum context", "too many tokens", "prompt is too long")
POLICY_PHRASES = ("content_filter", "content management policy")
UNKNOWN_MODEL_WORDS = ("model", "not", "exist")
REFUSED_STATUSES = {400, 405, 409, 413, 415, 422}
KINDS = {401: AuthFailed, 403: AuthFailed, 404: ModelNotFound, 429: RateLimited}


class OpenAICompatibleAdapter:
    """One service. Bound to the event loop it is first used in."""

    is_generative = True

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        self.client = self._client()

    @property
    def seconds(self) -> float:
        """The client's time-out, longer than ours, whose errors say what happened."""
        return max(self.config.timeouts.first, self.config.timeouts.idle) + 5

    def client_options(self) -> dict[str, Any]:
        """The options of every client. Retries are ours (see base.py)."""
        return {
            "max_retries": 0,
            "timeout": self.seconds,
            "http_client": self._transport(),
            "default_headers": {**UNCOMPRESSED, **self.config.headers},
        }

    def _transport(self) -> Any:
        """aiohttp below the SDK: it costs the least for each piece.

        It follows no redirects, which would carry the key to another host.
        """
        limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        return openai.DefaultAioHttpClient(
            timeout=self.seconds,
            limits=limits,
            follow_redirects=False,
            event_hooks=bound_reply_async(MAX_REPLY_BYTES),
        )

    def stream(self, prompt: Prompt, model: Model) -> Pieces:
        """See Provider."""
        open_stream = partial(self._open_stream, prompt, model)
        return with_timeouts_and_retries(open_stream, self.config.timeouts)

    async def close(self) -> None:
        """Close idle connections."""
        await self.client.close()

    def _client(self) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(
            api_key=self.config.key or "none",
            base_url=self.config.address,
            **self.client_options(),
        )

    async def _open_stream(self, prompt: Prompt, model: Model) -> Pieces:
        try:
            async with self._request(prompt, model) as response:
                finished = False
                count = 0
                async for event in _events(response):
                    for piece in _pieces(event):
                        count += 1
                        yield piece
                        if count == 1 or count % YIELD_EVERY == 0:
                            # A burst must not delay other answers or the first piece.
                            await asyncio.sleep(0)
                    finished = finished or _has_finished(event)
                if not finished:
                    raise CutOff
        except openai.APIError as error:
            raise _translate(error) from error
        except ReplyTooLarge as error:
            raise CutOff("reply_too_large") from error
        except (OSError, httpx2.TransportError) as error:
            raise CutOff from error

    def _request(self, prompt: Prompt, model: Model) -> Any:
        """The request as a context manager that gives the response.

        Most of the body travels in `extra_body`: the SDK walks through its typed
        arguments type by type, which costs milliseconds.
        """
        completions: Any = self.client.chat.completions
        return completions.with_streaming_response.create(
            model=model.id,
            messages=[],
            stream=True,
            extra_body={
                "messages": prompt.as_messages(),
                "stream_options": {"include_usage": True},
                **model.options,
                "max_tokens": model.output,
            },
        )


async def _events(response: Any) -> AsyncGenerator[dict[str, Any]]:
    """The JSON objects of a reply."""
    decoder = EventDecoder()
    async for chunk in response.iter_bytes():
        for event in decoder.feed(chunk):
            yield event
        if decoder.is_done:
            return
    for event in decoder.finish():
        yield event
    if not decoder.has_json:
        raise ProviderRefused("not_a_model_service")


def _pieces(event: dict[str, Any]) -> Iterator[Text | Tokens]:
    """Text and token counts of one event. Raises the error that it holds."""
    if event.get("error"):
        raise _error_of(event["error"], 500)
    for choice in event.get("choices") or ():
        if text := _text(choice):
            yield Text(text)
        if choice.get("finish_reason") == "content_filter":
            raise Blocked
    if usage := event.get("usage"):
        yield Tokens(usage.get("prompt_tokens"), usage.get("completion_tokens"))


def _text(choice: dict[str, Any]) -> str:
    text = (choice.get("delta") or {}).get("content")
    return text if isinstance(text, str) else ""


def _has_finished(event: dict[str, Any]) -> bool:
    return any(choice.get("finish_reason") for choice in event.get("choices") or ())


def _translate(error: openai.APIError) -> ProviderError:
    """The SDK's error as one of ours.

    Its text may hold a key and is never passed on.
    """
    if isinstance(error, openai.APIStatusError):
        retry_after = parse_retry_after(error.response.headers.get("retry-after"))
        return _error_of(error.body, error.status_code, retry_after)
    # Not reached, or not in time: above aiohttp the SDK does not tell the two apart.
    return Unavailable()


def _error_of(body: Any, status: int, retry_after: float | None = None) -> ProviderError:
    """The error that a service reports by an HTTP status and a JSON body."""
    text = json.dumps(body or "", default=str).lower()[:MAX_ERROR_CHARS]
    kind = _kind_of(text, status)
    if kind in (RateLimited, Unavailable):
        return provider_error(kind, retry_after)
    return kind()


def _kind_of(text: str, status: int) -> type[ProviderError]:
    if any(phrase in text for phrase in CONTEXT_PHRASES):
        return ContextTooLong
    if any(phrase in text for phrase in POLICY_PHRASES):
        return Blocked
    if status in REFUSED_STATUSES and all(word in text for word in UNKNOWN_MODEL_WORDS):
        return ModelNotFound
    return _kind_of_status(status)


def _kind_of_status(status: int) -> type[ProviderError]:
    if status in REFUSED_STATUSES:
        return ProviderRefused
    return KINDS.get(status, Unavailable)
