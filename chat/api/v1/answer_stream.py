"""From the events of a run to what a client of OpenAI's API receives."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from django.http import HttpResponseBase, StreamingHttpResponse

from chat.api.streams import EVENT_STREAM, HEADERS, KEEP_ALIVE_COMMENT
from chat.api.v1.error_shapes import error_chunk, error_response
from chat.api.v1.source_list import SourceList, source_list
from chat.core.errors import ChatError, Internal
from chat.core.events import Delta, Failed, Numbered, Status
from chat.runs import Run
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.threads import in_thread

Items = AsyncGenerator[Numbered | None]

logger = logging.getLogger(__name__)


@dataclass
class FinishedText:
    """The whole of an answer: its text with the list of sources, and how it ended."""

    run: Run
    text: str
    sources: SourceList = field(default_factory=SourceList)
    is_cut: bool = False

    @property
    def tokens(self) -> tuple[int, int]:
        """How many were read and written; 0 where the service does not tell."""
        usage = self.run.usage
        if usage is None:
            return 0, 0
        return usage.input_tokens or 0, usage.output_tokens or 0


class StreamFormat(Protocol):
    """Server-sent events of a wire format."""

    def begin(self) -> Iterator[str]:
        """What comes before the first text."""
        ...

    def piece(self, text: str) -> Iterator[str]:
        """Some text."""
        ...

    def end(self, finished: FinishedText) -> Iterator[str]:
        """What comes after the last text."""
        ...

    def fail(self, failure: Failed) -> Iterator[str]:
        """An error in the middle."""
        ...


async def finished_text(run: Run, items: Items) -> FinishedText | Failed:
    """The whole answer, or why there is none."""
    async with contextlib.aclosing(items):
        async for item in items:
            if item is not None and isinstance(item.event, Failed):
                return item.event
    return await _finished(run)


async def streamed(run: Run, items: Items, wire: StreamFormat) -> HttpResponseBase:
    """A stream; an error that comes before it has begun is a status."""
    first = None
    async for item in items:
        if item is not None and isinstance(item.event, Failed):
            await items.aclose()
            return error_response(item.event)
        if item is None or isinstance(item.event, Delta | Status):
            first = item
            break
    return StreamingHttpResponse(
        _encoded(_events(run, first, items, wire)), content_type=EVENT_STREAM, headers=HEADERS
    )


async def _events(
    run: Run, first: Numbered | None, rest: Items, wire: StreamFormat
) -> AsyncGenerator[str]:
    async with contextlib.aclosing(rest):
        for event in (*wire.begin(), *_written(first, wire)):
            yield event
        async for item in rest:
            for event in _written(item, wire):
                yield event
            if item is not None and isinstance(item.event, Failed):
                return
    for event in await in_thread(_ending, run, wire):
        yield event


def _written(item: Numbered | None, wire: StreamFormat) -> Iterator[str]:
    if item is None:
        yield KEEP_ALIVE_COMMENT
        return
    match item.event:
        case Delta(text):
            yield from wire.piece(text)
        case Status():
            yield KEEP_ALIVE_COMMENT
        case Failed() as failure:
            yield from wire.fail(failure)


def _ending(run: Run, wire: StreamFormat) -> list[str]:
    finished = _whole(run)
    events = list(wire.piece(finished.sources.text)) if finished.sources.text else []
    return [*events, *wire.end(finished)]


async def _finished(run: Run) -> FinishedText:
    return await in_thread(_whole, run)


def _whole(run: Run) -> FinishedText:
    sources = source_list(run)
    is_cut = any(one.code == "length_limit" for one in run.notices)
    return FinishedText(run, run.text + sources.text, sources, is_cut or run.state != "complete")


async def _encoded(events: AsyncGenerator[str]) -> AsyncGenerator[bytes]:
    async with contextlib.aclosing(events):
        try:
            async for event in events:
                yield event.encode()
        except ChatError as error:
            yield error_chunk(error).encode()
        except Exception:
            yield error_chunk(Internal(log_incident(logger, "a stream failed"))).encode()
