"""The HTTP doors of the protocol."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from chat import services
from chat.api.wire_formats import PlainText, chunks, numbered_json, sse
from chat.core.errors import ChatError, Internal, NotSignedIn, RequestTooLarge
from chat.core.events import Failed
from chat.runs import Numbered, Run
from deepwiki.accounts import authentication
from deepwiki.foundation import metrics
from deepwiki.foundation.threads import in_thread

logger = logging.getLogger(__name__)
KEEP_ALIVE_SECONDS = 15
STREAM_HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
AsyncView = Callable[..., Awaitable[HttpResponseBase]]
View = Callable[..., HttpResponseBase]


class _Csrf(CsrfViewMiddleware):
    """Django's own check, telling the reason instead of rendering a page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def identified(view: AsyncView) -> View:
    """The person by API token (no CSRF token needed, a foreign origin refused) or by session (CSRF-checked).

    Errors of the family become statuses with the same words in JSON.
    """

    @csrf_exempt
    @wraps(view)
    async def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with services.translated():
                return await view(request, await _person(request), *args, **kwargs)
        except ChatError as error:
            return refusal(error)
        except asyncio.CancelledError:
            raise
        except Exception:
            incident = uuid.uuid4().hex[:8]
            logger.exception("a request failed, incident %s", incident)
            return refusal(Internal(incident))

    return cast(View, wrapped)  # what is awaited is told apart by Django, not by its types


async def _person(request: HttpRequest) -> Any:
    origin = request.headers.get("origin", "")
    try:
        person = await in_thread(
            authentication.user_of_bearer, request.headers.get("authorization", "")
        )
    except authentication.CredentialsRefused:
        raise NotSignedIn("This API token is not valid. Make a new one and try again.") from None
    if person is not None:
        if origin and not authentication.is_same_origin(origin, request.get_host()):
            raise _Forbidden("Requests from this origin are not accepted.")
        return person
    person = await in_thread(
        authentication.user_of_session, request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    )
    if person is not None:
        if request.method not in ("GET", "HEAD"):
            check = _Csrf(lambda _: HttpResponse())
            check.process_request(request)
            if check.process_view(request, refusal, (), {}):
                raise _Forbidden(
                    "This request did not come from a page of this site. Reload the page and try again."
                )
        return person
    if settings.ALLOW_ANONYMOUS:
        return AnonymousUser()
    raise NotSignedIn


class _Forbidden(ChatError):
    code, status, close_code = "forbidden", 403, 4401


def refusal(error: ChatError) -> JsonResponse:
    """An error before the first chunk: a status, and the words the plain dialect would have sent."""
    metrics.errors.labels(error.code).inc()
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return JsonResponse({"detail": error.message}, status=error.status, headers=headers)


@require_POST
@identified
async def stream(request: HttpRequest, person: Any) -> HttpResponseBase:
    """`POST /chat/completions/stream` and `/api/chat/stream`: plain text, or events as SSE when asked for both ways."""
    if int(request.headers.get("content-length") or 0) > settings.MESSAGE_BYTES:
        raise RequestTooLarge
    asked = services.read_request(request.body)
    wants_events = (
        request.GET.get("events") == "1" and request.headers.get("accept") == "text/event-stream"
    )
    lasting = wants_events or asked.conversation is not None
    run = await services.ask(
        person, asked, lasting=lasting, address=authentication.client_address(request)
    )
    if wants_events:
        return _event_stream(_of_run(run, 0))
    return await _plain_stream(run)


@require_GET
@identified
async def run_events(request: HttpRequest, person: Any, run_id: uuid.UUID) -> HttpResponseBase:
    """`GET /api/runs/<id>/events?after=<seq>`: a running or finished answer from a number on, as SSE."""
    number = request.headers.get("last-event-id") or request.GET.get("after") or "0"
    after = int(number) if number.isdecimal() and len(number) < 10 else 0
    items = services.attach(person, run_id, after)
    first = await anext(items, None)  # an answer that is not theirs is a status, not a stream
    return _event_stream(_of_attachment(run_id, first, items))


@require_POST
@identified
async def run_stop(request: HttpRequest, person: Any, run_id: uuid.UUID) -> HttpResponseBase:
    """`POST /api/runs/<id>/stop`."""
    await services.stop(person, run_id)
    return HttpResponse(status=204)


async def _plain_stream(run: Run) -> HttpResponseBase:
    """Wait for the first piece: until then an error can still be a status."""
    dialect = PlainText()
    items = run.attach()
    first = ""
    async for item in items:
        first = dialect.write(item.event)
        if isinstance(item.event, Failed) and not dialect.started:
            await items.aclose()
            headers = {"Retry-After": str(item.event.retry_after)} if item.event.retry_after else {}
            return JsonResponse(
                {"detail": item.event.message}, status=item.event.status, headers=headers
            )
        if first:
            break

    async def body() -> AsyncGenerator[str]:
        async with contextlib.aclosing(items):
            for piece in chunks(first):
                yield piece
            async for later in items:
                for piece in chunks(dialect.write(later.event)):
                    yield piece

    return StreamingHttpResponse(
        body(), content_type="text/plain; charset=utf-8", headers=STREAM_HEADERS
    )


def _event_stream(events: AsyncGenerator[dict[str, Any]]) -> HttpResponseBase:
    return StreamingHttpResponse(
        _kept_alive(events), content_type="text/event-stream; charset=utf-8", headers=STREAM_HEADERS
    )


async def _of_run(run: Run, after: int) -> AsyncGenerator[dict[str, Any]]:
    async with contextlib.aclosing(run.attach(after)) as items:
        async for item in items:
            yield numbered_json(run, item)


async def _of_attachment(
    run_id: uuid.UUID, first: Any, rest: AsyncGenerator[Any]
) -> AsyncGenerator[dict[str, Any]]:
    run = Run(id=run_id)
    async with contextlib.aclosing(rest):
        if first is not None:
            yield numbered_json(run, first)
        async for item in rest:
            yield numbered_json(run, item) if isinstance(item, Numbered) else item


async def _kept_alive(events: AsyncGenerator[dict[str, Any]]) -> AsyncGenerator[str]:
    """Server-sent events with a comment now and then, so that nothing in between takes the line for dead."""
    async with contextlib.aclosing(events):
        upcoming: asyncio.Task[dict[str, Any]] = asyncio.ensure_future(anext(events))
        try:
            while True:
                done, _ = await asyncio.wait({upcoming}, timeout=KEEP_ALIVE_SECONDS)
                if not done:
                    yield ": still here\n\n"
                    continue
                try:
                    yield sse(upcoming.result())
                except StopAsyncIteration:
                    return
                upcoming = asyncio.ensure_future(anext(events))
        finally:
            if not upcoming.done():
                upcoming.cancel()
                with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                    await upcoming
