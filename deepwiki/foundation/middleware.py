"""Middleware for synchronous and asynchronous views; neither changes the thread."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import cast

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.decorators import sync_and_async_middleware

from deepwiki.foundation import untrusted_proxies
from deepwiki.foundation.log_format import request_id

HEADER = "X-Request-Id"
FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
)
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
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


@sync_and_async_middleware
def no_nul_middleware(get_response: Handler) -> Handler:
    """Answer 400 to NUL characters in a path, a query or a form: PostgreSQL refuses them."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            _refuse_nul(request)
            return await cast(Awaitable[HttpResponseBase], get_response(request))

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        _refuse_nul(request)
        return cast(HttpResponseBase, get_response(request))

    return handle


def _refuse_nul(request: HttpRequest) -> None:
    """Raises BadRequest."""
    if "\0" in request.path or _has_nul(request.GET):
        raise BadRequest("NUL character in the address")
    if request.content_type in FORM_TYPES and _has_nul(request.POST):
        raise BadRequest("NUL character in the form")


def _has_nul(values: QueryDict) -> bool:
    return any("\0" in text for name, texts in values.lists() for text in (name, *texts))


@sync_and_async_middleware
def forwarded_headers_middleware(get_response: Handler) -> Handler:
    """Remove X-Forwarded-* headers that do not come from a trusted proxy itself."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            _remove_untrusted(request)
            return await cast(Awaitable[HttpResponseBase], get_response(request))

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        _remove_untrusted(request)
        return cast(HttpResponseBase, get_response(request))

    return handle


def _remove_untrusted(request: HttpRequest) -> None:
    peer = request.META.get("REMOTE_ADDR", "")
    if peer not in settings.TRUSTED_PROXIES:
        if "HTTP_X_FORWARDED_FOR" in request.META:
            untrusted_proxies.note(peer)
        for name in FORWARDED:
            request.META.pop(name, None)


def _new_id() -> str:
    """Twelve hexadecimal digits, set for the log lines of this request."""
    identity = uuid.uuid4().hex[:12]
    request_id.set(identity)
    return identity
