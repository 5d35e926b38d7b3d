"""The HTTP endpoints of the chat protocol."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncGenerator
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from chat import services
from chat.api.authorization import Credentials, watched
from chat.api.identification import identified, refusal
from chat.api.streams import EVENT_STREAM, EVENT_STREAM_TYPE, event_response, text_response
from chat.api.wire_formats import PlainText, text_frames
from chat.core.errors import RequestTooLarge
from chat.core.events import Failed, Numbered
from deepwiki.accounts import authentication
from deepwiki.accounts.models import TokenScope
from deepwiki.foundation.parsing import is_length_above, parse_number

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

Items = AsyncGenerator[Numbered | None]


@require_POST
@identified(TokenScope.ASK)
async def stream(request: HttpRequest, person: Person) -> HttpResponseBase:
    """`POST /chat/completions/stream` and `POST /api/chat/stream`.

    Plain text; server-sent events with `?events=1` and `Accept: text/event-stream`.
    """
    if is_length_above(request.headers.get("content-length"), settings.MESSAGE_BYTES):
        raise RequestTooLarge
    chat_request = services.read_request(request.body)
    wants_events = _wants_events(request)
    run = await services.ask(
        person,
        chat_request,
        lasting=wants_events or chat_request.conversation is not None,
        address=authentication.client_address(request),
    )
    items = _watched(request, person, run.id, run.attach())
    if wants_events:
        return event_response(items)
    return await _plain_response(items)


@require_safe
@identified(TokenScope.READ)
async def run_events(request: HttpRequest, person: Person, run_id: uuid.UUID) -> HttpResponseBase:
    """`GET /api/runs/<id>/events?after=<seq>`: an answer's events as server-sent events.

    `Last-Event-ID` wins over `after`, so that a browser resumes by itself.
    """
    number = request.headers.get("last-event-id") or request.GET.get("after")
    attached = services.attach(person, run_id, parse_number(number) or 0)
    items = _watched(request, person, run_id, attached)
    # Taken before the stream begins: somebody else's answer is a status.
    first = await anext(items, None)
    if request.method == "HEAD":
        await items.aclose()
        return HttpResponse(content_type=EVENT_STREAM)
    return event_response(_preceded(first, items))


@require_POST
@identified(TokenScope.ASK)
async def run_stop(request: HttpRequest, person: Person, run_id: uuid.UUID) -> HttpResponseBase:
    """`POST /api/runs/<id>/stop`."""
    await services.stop(person, run_id)
    return HttpResponse(status=204)


def _wants_events(request: HttpRequest) -> bool:
    accepts_events = request.headers.get("accept") == EVENT_STREAM_TYPE
    return accepts_events and request.GET.get("events") == "1"


def _watched(
    request: HttpRequest, person: Person, run_id: uuid.UUID, items: AsyncGenerator[Numbered]
) -> Items:
    """The items, for as long as the person may read them."""
    credentials = Credentials.of_request(request, person)
    return watched(items, partial(credentials.check_run, run_id))


async def _plain_response(items: Items) -> HttpResponseBase:
    """Wait for the first text: until then an error can still be a status."""
    plain = PlainText()
    text = ""
    async for item in items:
        if item is None:
            continue
        if isinstance(item.event, Failed) and not plain.has_started:
            await items.aclose()
            return refusal(item.event)
        text = plain.write(item.event)
        if text:
            break
    return text_response(_plain_text(plain, text, items))


async def _plain_text(plain: PlainText, first: str, rest: Items) -> AsyncGenerator[str]:
    async with contextlib.aclosing(rest):
        for frame in text_frames(first):
            yield frame
        async for item in rest:
            if item is not None:
                for frame in text_frames(plain.write(item.event)):
                    yield frame


async def _preceded(first: Numbered | None, rest: Items) -> Items:
    async with contextlib.aclosing(rest):
        if first is not None:
            yield first
        async for item in rest:
            yield item
