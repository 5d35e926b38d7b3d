"""Middleware for synchronous and asynchronous views; neither changes the thread."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import cast

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from deepwiki.foundation.log_format import request_id

HEADER = "X-Request-Id"
Handler = (
    Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]
)


@sync_and_async_middleware
def request_id_middleware(get_response: Handler) -> Handler:
    """Give each request an id: in its log lines and in the X-Request-Id of its response."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            identity = _new_id()
            response = await cast(Awaitable[HttpResponseBase], get_response(request))
            response.headers[HEADER] = identity
            return response

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        identity = _new_id()
        response = cast(HttpResponseBase, get_response(request))
        response.headers[HEADER] = identity
        return response

    return handle


def _new_id() -> str:
    """Twelve hexadecimal digits, set for the log lines of this request."""
    identity = uuid.uuid4().hex[:12]
    request_id.set(identity)
    return identity
