"""Middleware of ours. Both kinds of view pass through it without a change of thread."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import cast

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from deepwiki.foundation.log_format import request_id

Handler = (
    Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]
)


@sync_and_async_middleware
def request_id_middleware(get_response: Handler) -> Handler:
    """Give each request an id that its log lines and its response carry."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            identity = uuid.uuid4().hex[:12]
            request_id.set(identity)
            response = await cast(Awaitable[HttpResponseBase], get_response(request))
            response.headers["X-Request-Id"] = identity
            return response

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        identity = uuid.uuid4().hex[:12]
        request_id.set(identity)
        response = cast(HttpResponseBase, get_response(request))
        response.headers["X-Request-Id"] = identity
        return response

    return handle
