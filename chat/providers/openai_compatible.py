"""OpenAI, and services with its chat API: OpenRouter, Azure, Ollama, local servers.

The stream is read as raw bytes: constructing the SDK's typed chunk for each token costs
several times what the rest of the way to the reader does. Wire format: server-sent
events, https://platform.openai.com/docs/api-reference/chat-streaming
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx2
import openai

from chat.core.errors import (
    ContextTooLong,
    CutOff,
    ProviderError,
    ProviderRefused,
    ToolsUnsupported,
    Unavailable,
)
from chat.core.ports import Model
from chat.core.prompt import Prompt
from chat.providers.base import Pieces, ProviderConfig, Signals, with_timeouts_and_retries
from chat.providers.event_stream import EventDecoder
from chat.providers.reply_reader import ReplyReader
from chat.providers.request_parameters import MAX_REFUSALS, ModelParameters
from chat.providers.service_errors import Report, error_of_report, parse_retry_after
from chat.providers.text_calls import calls_in_text
from chat.providers.tool_requests import MAX_FORMS, ToolRequests
from deepwiki.foundation.bounded_http import UNCOMPRESSED, ReplyTooLarge, bound_reply_async

YIELD_EVERY = 32
# A whole reply: an answer and its thoughts, some hundred bytes a token.
MAX_REPLY_BYTES = 64_000_000
CONNECTIONS = 1_000


class OpenAICompatibleAdapter:
    """One service. Bound to the event loop it is first used in."""

    is_generative = True

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        self.client = self._client()
        self.parameters = ModelParameters()
        self.tools = ToolRequests(config.tool_refusals)

    @property
    def seconds(self) -> float:
        """The client's time-out, longer than ours, whose errors say what happened."""
        timeouts = self.config.timeouts
        return max(timeouts.first, timeouts.idle, timeouts.call) + 5

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
        return calls_in_text(self._pieces(prompt, model), prompt)

    def _pieces(self, prompt: Prompt, model: Model) -> Pieces:
        open_stream = partial(self._open_stream, prompt, model)
        timeouts = self.config.timeouts.for_thinking(thinks=model.thinks)
        return with_timeouts_and_retries(open_stream, timeouts)

    async def close(self) -> None:
        """Close idle connections."""
        await self.client.close()

    def _client(self) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(
            api_key=self.config.key or "none",
            base_url=self.config.address,
            **self.client_options(),
        )

    async def _open_stream(self, prompt: Prompt, model: Model) -> Signals:
        self.tools.check(prompt, model)
        decoder, reader = EventDecoder(), ReplyReader.of(prompt)
        with self._translated_errors(reader, model):
            async with contextlib.AsyncExitStack() as stack:
                response = await self._response(prompt, model, stack)
                count = 0
                async for chunk in response.iter_bytes():
                    for event in decoder.feed(chunk):
                        for piece in reader.signals(event):
                            yield piece
                        count += 1
                        if count == 1 or count % YIELD_EVERY == 0:
                            # A burst must not delay other answers or the first piece.
                            await asyncio.sleep(0)
                    if decoder.is_done:
                        break
                for event in decoder.finish():
                    for piece in reader.signals(event):
                        yield piece
        if not decoder.has_json and not decoder.is_done:
            raise ProviderRefused("not_a_model_service")
        for piece in reader.finish(is_done=decoder.is_done):
            yield piece

    @contextlib.contextmanager
    def _translated_errors(self, reader: ReplyReader, model: Model) -> Iterator[None]:
        try:
            yield
        except ToolsUnsupported:
            self.tools.remember(model)
            raise
        except openai.APIError as error:
            # Not reached, or not in time: above aiohttp the SDK does not tell the two apart.
            raise Unavailable from error
        except ReplyTooLarge as error:
            raise CutOff("reply_too_large") from error
        except (OSError, httpx2.TransportError) as error:
            reader.check_end(is_done=False)
            raise CutOff from error

    async def _response(
        self, prompt: Prompt, model: Model, stack: contextlib.AsyncExitStack
    ) -> Any:
        """Ask, and once more for each parameter that the service refuses by its name, and for
        each form of calls and results."""
        for _ in range(MAX_REFUSALS + MAX_FORMS):
            try:
                return await stack.enter_async_context(self._request(prompt, model))
            except openai.APIStatusError as error:
                report = Report.of(error.body)
                refusal = _translate(error, report)
                if not self._learn(prompt, model, refusal, error.status_code, report):
                    raise refusal from error
        raise ProviderRefused("parameter_refused")

    def _learn(
        self, prompt: Prompt, model: Model, refusal: ProviderError, status: int, report: Report
    ) -> bool:
        """Whether the next request differs from the one that was refused."""
        if isinstance(refusal, ContextTooLong):
            return False
        if self.parameters.learn(model, status, report):
            return True
        return self.tools.learn(prompt, model, status, report)

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
            extra_body={**self.tools.of(prompt, model), **self.parameters.of(model)},
        )


def _translate(error: openai.APIStatusError, report: Report) -> ProviderError:
    """The SDK's error as one of ours. Its text may hold a key and is never passed on."""
    headers = error.response.headers
    retry_after = parse_retry_after(headers.get("retry-after"))
    return error_of_report(report, error.status_code, retry_after)
