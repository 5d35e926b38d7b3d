"""Who is asking: by session cookie or by API token, the same rules for HTTP and WebSocket."""

from __future__ import annotations

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http.request import HttpRequest, split_domain_port, validate_host
from django.utils.crypto import constant_time_compare

from deepwiki.accounts.models import ApiToken

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

    Person = AbstractBaseUser | AnonymousUser


class CredentialsRefused(Exception):
    """The credentials given are no good, or come from a page that is not ours."""


def by_bearer(authorization: str) -> AbstractBaseUser | None:
    """The person of an `Authorization: Bearer …` header; None when there is no such header. Raises Refused."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return None
    person = ApiToken.owner_of(token.strip())
    if person is None:
        raise CredentialsRefused
    return person


def still_good(authorization: str) -> bool:
    """Does the token of a header that was accepted before still open the door?"""
    return ApiToken.is_good(authorization.partition(" ")[2].strip())


def by_session(key: str) -> AbstractBaseUser | None:
    """The person of a session, checked as Django's own middleware does, password changes included."""
    if not key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    try:
        person_id = get_user_model()._meta.pk.to_python(session[SESSION_KEY])
    except (KeyError, ValidationError):
        return None
    person = get_user_model()._default_manager.filter(pk=person_id, is_active=True).first()
    if person is None or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    if not constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash()):
        return None
    return person


def of_handshake(headers: Iterable[tuple[bytes, bytes]]) -> tuple[Person, str]:
    """The person behind a WebSocket handshake and their session key (empty for a token).

    A cookie counts only from a page of ours; a foreign origin is refused with any credentials. Raises Refused.
    """
    values = {name.lower(): value.decode("latin-1") for name, value in headers}
    origin, host = values.get(b"origin", ""), values.get(b"host", "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        raise CredentialsRefused
    person = by_bearer(values.get(b"authorization", ""))
    if person is not None:
        if origin and not same_origin(origin, host):
            raise CredentialsRefused
        return person, ""
    key = session_key(values.get(b"cookie", ""))
    person = by_session(key) if key else None
    if person is not None:
        if not same_origin(origin, host):
            raise CredentialsRefused
        return person, key
    if settings.ALLOW_ANONYMOUS:
        return AnonymousUser(), ""
    raise CredentialsRefused


def address_of(peer: str, forwarded: str) -> str:
    """Where a request comes from. X-Forwarded-For counts only from a proxy of ours, and then its last foreign entry."""
    if peer not in settings.TRUSTED_PROXIES:
        return peer
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return next((hop for hop in reversed(hops) if hop not in settings.TRUSTED_PROXIES), peer)


def address_of_request(request: HttpRequest) -> str:
    """Where a request comes from."""
    return address_of(
        request.META.get("REMOTE_ADDR", ""), request.headers.get("x-forwarded-for", "")
    )


def session_key(cookie: str) -> str:
    """The session key in a Cookie header."""
    try:
        morsel = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def same_origin(origin: str, host: str) -> bool:
    """Is `origin` a page of this server? Missing and `null` are not."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return False
    return parts.netloc.lower() == host.lower() or origin in settings.CSRF_TRUSTED_ORIGINS
