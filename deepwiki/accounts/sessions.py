"""The browsers that a person is signed in with: when each was last used, and signing them out."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from datetime import timedelta
from importlib import import_module
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, cast

from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

from deepwiki.accounts.authentication import client_address
from deepwiki.foundation.address_keys import valid_address
from deepwiki.foundation.middleware import Handler

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

USE_RECORDED_EVERY = 60  # seconds, for each session and process
MAX_LISTED = 30
MAX_AGENT_CHARS = 200
RECORDED = ["user", "ip", "user_agent", "last_seen_at"]
# The first that a User-Agent holds: browsers name those that they resemble, too.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
    "curl/": "curl",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@sync_and_async_middleware
def last_use_middleware(get_response: Handler) -> Handler:
    """Record that a session is used, for requests whose view asked who is signed in."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            response = await cast(Awaitable[HttpResponseBase], get_response(request))
            if _is_due(request):
                await sync_to_async(record_use)(request)
            return response

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = cast(HttpResponseBase, get_response(request))
        if _is_due(request):
            record_use(request)
        return response

    return handle


def record_use(request: HttpRequest) -> None:
    """Store when, from where and with which browser a request's session was used."""
    used = UserSession(
        session_key=request.session.session_key,
        user_id=cast(Any, _known_person(request)).pk,
        ip=valid_address(client_address(request)),
        user_agent=request.headers.get("user-agent", "")[:MAX_AGENT_CHARS],
        last_seen_at=timezone.now(),
    )
    UserSession.objects.bulk_create(
        [used], update_conflicts=True, unique_fields=["session_key"], update_fields=RECORDED
    )


def sessions_of(person: AbstractBaseUser) -> list[UserSession]:
    """Those last used, newest first; rows of sessions that have ended are deleted."""
    stored = UserSession.objects.filter(user_id=person.pk).order_by("-last_seen_at")
    return [session for session in stored[:MAX_LISTED] if not session.purge()]


def end_session(person: AbstractBaseUser, session_id: int) -> bool:
    """Sign a browser out; False if the person has no such session."""
    session = UserSession.objects.filter(user_id=person.pk, pk=session_id).first()
    if session is None:
        return False
    session.end()
    return True


def end_other_sessions(person: AbstractBaseUser, kept: str | None) -> None:
    """Sign out every browser of a person but that of the session key `kept`."""
    for session in UserSession.objects.filter(user_id=person.pk).exclude(session_key=kept):
        session.end()


def forget_ended() -> None:
    """Delete expired sessions, and where and with what browser they were used."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    since = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    UserSession.objects.filter(last_seen_at__lt=since).delete()


def browser_name(user_agent: str) -> str:
    """Browser and system of a User-Agent, such as "Firefox, Linux"; empty for others."""
    names = (_first_named(BROWSERS, user_agent), _first_named(SYSTEMS, user_agent))
    return ", ".join(filter(None, names)) or _product(user_agent)


def _first_named(names: dict[str, str], text: str) -> str:
    return next((name for mark, name in names.items() if mark in text), "")


def _product(user_agent: str) -> str:
    """The name with which a program's User-Agent begins."""
    match = re.match(r"[\w.-]{1,40}", user_agent)
    return match.group() if match else ""


def _is_due(request: HttpRequest) -> bool:
    """Whether somebody is signed in whose session was not recorded within the last minute."""
    person = _known_person(request)
    if person is None or not person.is_authenticated:
        return False
    key = request.session.session_key
    return bool(key) and cache.add(f"session_used:{key}", 1, timeout=USE_RECORDED_EVERY)


def _known_person(request: HttpRequest) -> Any:
    """Who is signed in, if that was asked for: to ask here would cost each request a query."""
    return getattr(request, "_cached_user", None) or getattr(request, "_acached_user", None)
