"""The answers given outside Django: 503, within two seconds, while the database is down; 413.

https://www.rfc-editor.org/rfc/rfc9110#name-503-service-unavailable
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, parse_cookie
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_request, override
from django.views.defaults import server_error as internal_error

from chat.core.errors import MEGABYTE, Down
from deepwiki.foundation.database_watch import watch

RETRY_SECONDS = 5
# They say by themselves how the database is, or do not need it.
UNGUARDED = ("/readyz", "/metrics", "/static/")

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


class DatabaseGuard:
    """Wraps an ASGI application: HTTP requests that wait for a database that is down get 503.

    A response that has begun is left to the application.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or path.startswith(UNGUARDED) or watch.down is None:
            await self.application(scope, receive, send)
        elif watch.is_down:
            await _send_unavailable(scope, send)
        else:
            await self._answer_or_refuse(scope, receive, send, watch.down)

    async def _answer_or_refuse(
        self, scope: Scope, receive: Any, send: Any, down: asyncio.Future[None]
    ) -> None:
        has_begun = False

        async def send_noting(message: dict[str, Any]) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        answer = asyncio.ensure_future(self.application(scope, receive, send_noting))
        try:
            await asyncio.wait({answer, down}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done() and not has_begun:
                answer.cancel()
                await asyncio.wait({answer}, timeout=0.1)
                await _send_unavailable(scope, send)
                return
            await answer
        finally:
            answer.cancel()


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of exceptions: 503 where the database is the reason."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return internal_error(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: a page for people, JSON for programs."""
    response: HttpResponse
    if "text/html" in request.headers.get("accept", ""):
        with override(get_language_from_request(request)):
            refresh = RETRY_SECONDS if request.method == "GET" else 0
            page = render_to_string("503.html", {"refresh_seconds": refresh})
        response = HttpResponse(page, status=503)
        response["Content-Security-Policy"] = "default-src 'self'"
    else:
        response = JsonResponse({"detail": Down().message}, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def too_large_page(header: Callable[[str], str]) -> str:
    """The page of a 413, which is given before there is a request of Django's.

    `header` gives a header of the request by its name, empty where there is none.
    """
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = header("accept-language")
    request.COOKIES = parse_cookie(header("cookie"))
    with override(get_language_from_request(request)):
        return render_to_string("413.html", {"megabytes": settings.REQUEST_BYTES // MEGABYTE})


async def _send_unavailable(scope: Scope, send: Any) -> None:
    response = unavailable(ASGIRequest(scope, io.BytesIO()))
    headers = [(name.encode(), value.encode()) for name, value in response.items()]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
