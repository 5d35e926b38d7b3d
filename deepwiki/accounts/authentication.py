"""The user behind a request, by session cookie or by API token: the same rules for HTTP and
WebSocket. Also the address a request comes from."""

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

from deepwiki.accounts.access_tokens import AccessToken, find_access_token, is_access_token
from deepwiki.accounts.credential_errors import (
    CredentialsRefused,
    ScopeMissing,
    TokenExpired,
    TooManyGuesses,
)
from deepwiki.accounts.models import ApiToken, TokenScope
from deepwiki.accounts.token_guesses import count_guess
from deepwiki.accounts.two_factor import must_set_up

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from django.contrib.sessions.backends.base import SessionBase

    Person = AbstractBaseUser | AnonymousUser


Headers = Iterable[tuple[bytes, bytes]]


def token_of_bearer(authorization: str, address: str) -> ApiToken | None:
    """The API token in an `Authorization: Bearer …` header, with its user; None for another
    scheme or no header. Unknown ones are counted by the client's address.

    Raises CredentialsRefused, TokenExpired, TooManyGuesses.
    """
    clear = _bearer(authorization)
    if clear is None:
        return None
    token = ApiToken.find(clear)
    if token is None:
        raise _unknown(address)
    if token.is_expired:
        raise TokenExpired
    return token


def token_of_agent(authorization: str, address: str) -> ApiToken | AccessToken | None:
    """As `token_of_bearer`; access tokens of the server that people sign in with count, too.

    Raises NoAccount, AccountDeactivated, SecondFactorMissing and IssuerAway besides.
    """
    clear = _bearer(authorization)
    if clear is None or not is_access_token(clear):
        return token_of_bearer(authorization, address)
    try:
        return find_access_token(clear)
    except CredentialsRefused as error:
        if type(error) is CredentialsRefused:
            raise _unknown(address) from None
        raise


def _bearer(authorization: str) -> str | None:
    scheme, _, clear = authorization.partition(" ")
    return clear.strip() if scheme.lower() == "bearer" else None


def _unknown(address: str) -> CredentialsRefused:
    """Counts it."""
    seconds = count_guess(address)
    return TooManyGuesses(seconds) if seconds else CredentialsRefused()


def user_of_bearer(authorization: str, address: str, scope: str) -> AbstractBaseUser | None:
    """The user whose API token is in the header, see `token_of_bearer`.

    Raises ScopeMissing, too, for a token that was not made for `scope`.
    """
    token = token_of_bearer(authorization, address)
    if token is None:
        return None
    if scope not in token.scopes:
        raise ScopeMissing(scope)
    return token.user


def is_bearer_valid(authorization: str) -> bool:
    """True if the token of a header that was accepted before is neither revoked nor expired.

    Raises IssuerAway.
    """
    clear = authorization.partition(" ")[2].strip()
    if not is_access_token(clear):
        return ApiToken.is_valid(clear)
    try:
        find_access_token(clear)
    except CredentialsRefused:
        return False
    return True


def user_of_session(key: str) -> AbstractBaseUser | None:
    """The active user of a session. Checks what `django.contrib.auth.get_user` checks: a
    password change ends the session. Staff who must set up a second factor have none."""
    if not key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = _stored_user(session)
    if user is None or not _has_current_password(session, user) or must_set_up(user):
        return None
    return user


def authenticate_handshake(headers: Headers, address: str) -> tuple[Person, str]:
    """The user of a WebSocket handshake and their session key (empty for an API token).

    Browsers send cookies with a handshake from any page, so a session counts only with an
    Origin of ours; with another it makes a stranger, where strangers are let in. With an API
    token, which must be one for asking, a foreign Origin is refused, none is fine. Raises
    CredentialsRefused, TokenExpired, ScopeMissing, TooManyGuesses.
    """
    values = _header_values(headers)
    origin, host = values.get(b"origin", ""), values.get(b"host", "")
    _require(validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS))
    user = user_of_bearer(values.get(b"authorization", ""), address, TokenScope.ASK)
    if user is not None:
        _require(not origin or is_same_origin(origin, host))
        return user, ""
    if is_same_origin(origin, host):
        key = session_key(values.get(b"cookie", ""))
        user = user_of_session(key)
        if user is not None:
            return user, key
    _require(may_be_anonymous(origin, host))
    return AnonymousUser(), ""


def may_be_anonymous(origin: str, host: str) -> bool:
    """True if people without an account are let in, from this Origin (empty: none sent)."""
    if not settings.ALLOW_ANONYMOUS:
        return False
    allowed = settings.ANONYMOUS_ORIGINS
    if allowed is None or not origin or is_same_origin(origin, host):
        return True
    origin = origin.strip().rstrip("/").lower()
    # Chrome names a page from a file so in a handshake, and null elsewhere.
    return ("null" if origin == "file:" else origin) in allowed


def client_address(request: HttpRequest) -> str:
    """The IP address of the client of an HTTP request."""
    forwarded = request.headers.get("x-forwarded-for", "")
    return forwarded_address(request.META.get("REMOTE_ADDR", ""), forwarded)


def forwarded_address(peer: str, forwarded_for: str) -> str:
    """The client's IP address. X-Forwarded-For counts only from a trusted proxy, and of it
    the last entry that is not a trusted proxy itself."""
    if peer not in settings.TRUSTED_PROXIES:
        return peer
    for hop in reversed(_hops(forwarded_for)):
        if hop not in settings.TRUSTED_PROXIES:
            return hop
    return peer


def _hops(forwarded_for: str) -> list[str]:
    return [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]


def session_key(cookie: str) -> str:
    """The session key in a Cookie header; empty when there is none."""
    try:
        morsel = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    if morsel is None:
        return ""
    return morsel.value


def is_same_origin(origin: str, host: str) -> bool:
    """True if an Origin header names this server: its Host, or a trusted origin. False for
    a missing one and for `null`."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return False
    return parts.netloc.lower() == host.lower() or origin in settings.CSRF_TRUSTED_ORIGINS


def _header_values(headers: Headers) -> dict[bytes, str]:
    """The headers of an ASGI scope by their names in lower case."""
    return {name.lower(): value.decode("latin-1") for name, value in headers}


def _require(condition: object) -> None:
    if not condition:
        raise CredentialsRefused


def _has_current_password(session: SessionBase, user: AbstractBaseUser) -> bool:
    stored = session.get(HASH_SESSION_KEY, "")
    return constant_time_compare(stored, user.get_session_auth_hash())


def _stored_user(session: SessionBase) -> AbstractBaseUser | None:
    """The active user whose id is stored in a session."""
    users = get_user_model()
    try:
        user_id = users._meta.pk.to_python(session[SESSION_KEY])
    except (KeyError, ValidationError):
        return None
    return users._default_manager.filter(pk=user_id, is_active=True).first()
