"""Staff without a second factor get to the page that sets it up, where the settings ask for one."""

from __future__ import annotations

from collections.abc import Awaitable
from inspect import iscoroutinefunction
from typing import cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect

from deepwiki.accounts.two_factor import must_set_up
from deepwiki.foundation.json_errors import wants_json
from deepwiki.foundation.middleware import Handler

# What it takes to set one up, and to leave.
OPEN_PATHS = (
    "/accounts/2fa/",
    "/accounts/reauthenticate/",
    "/accounts/password/",
    "/accounts/logout/",
    "/accounts/theme",
)


@sync_and_async_middleware
def staff_two_factor_middleware(get_response: Handler) -> Handler:
    """Redirect staff who must set up a second factor, from every page that does not serve that."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            if _is_checked(request):
                person = await request.auser()
                if await sync_to_async(must_set_up)(person):
                    return _to_set_up(request)
            return await cast(Awaitable[HttpResponseBase], get_response(request))

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        if _is_checked(request) and must_set_up(request.user):
            return _to_set_up(request)
        return cast(HttpResponseBase, get_response(request))

    return handle


def _is_checked(request: HttpRequest) -> bool:
    """Only sessions are: an API token is no password that somebody could guess."""
    if not settings.STAFF_TWO_FACTOR or request.path_info.startswith(OPEN_PATHS):
        return False
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _to_set_up(request: HttpRequest) -> HttpResponseBase:
    if wants_json(request):
        reason = gettext("Staff of this server sign in with two factors: set yours up first.")
        return JsonResponse({"detail": reason}, status=403)
    if getattr(request, "htmx", False):  # a part of a page: the whole page goes there
        return HttpResponseClientRedirect(reverse("mfa_activate_totp"))
    return redirect("mfa_activate_totp")
