"""Signing in at another site begins and ends at the public address.

The other site sends people back to one address that is registered there. What allauth
remembers meanwhile is kept in a cookie of the host where it began.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.decorators import sync_and_async_middleware

# /accounts/<site>/login/, and /accounts/oidc/<site>/login/; not /accounts/login/ itself.
BEGINS = re.compile(r"/accounts/(?:[\w-]+/){1,2}login/")
Handler = (
    Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]
)


@sync_and_async_middleware
def sign_in_host_middleware(get_response: Handler) -> Handler:
    """Redirect to the public address who begins to sign in at another site elsewhere."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            elsewhere = _to_public_host(request)
            if elsewhere is not None:
                return elsewhere
            return await cast(Awaitable[HttpResponseBase], get_response(request))

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        return _to_public_host(request) or cast(HttpResponseBase, get_response(request))

    return handle


def _to_public_host(request: HttpRequest) -> HttpResponseBase | None:
    is_configured = f"http://localhost:{settings.PORT}" != settings.PUBLIC_URL
    if not is_configured or not BEGINS.fullmatch(request.path_info):
        return None
    if request.get_host().lower() == urlsplit(settings.PUBLIC_ORIGIN).netloc.lower():
        return None
    return HttpResponseRedirect(f"{settings.PUBLIC_ORIGIN}{request.get_full_path()}")
