"""Who a program is: by a token alone. A session cookie makes nobody, whatever its origin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from chat.api.authorization import SCOPE_MISSING, token_refusal
from chat.core.errors import Down, Forbidden, NotSignedIn
from deepwiki.accounts import authentication
from deepwiki.accounts.credential_errors import CredentialsRefused, IssuerAway
from deepwiki.accounts.models import DEFAULT_SCOPES

if TYPE_CHECKING:
    from deepwiki.accounts.access_tokens import AccessToken
    from deepwiki.accounts.authentication import Person
    from deepwiki.accounts.models import ApiToken

    FindToken = Callable[[str, str], ApiToken | AccessToken | None]

SIGN_IN_AWAY = "sign_in_away"  # the reason where nobody can tell whose token it is
SIGN_IN_RETRY_SECONDS = 60


class ForeignHost(Exception):
    """The Host header names none of this server's hosts."""


@dataclass(frozen=True)
class Program:
    """A person, or a stranger, with what the program may do in their name (see TokenScope)."""

    person: Person
    scopes: frozenset[str]

    def require(self, scope: str) -> None:
        """Raises Forbidden for a token that lacks a scope."""
        if scope not in self.scopes:
            raise Forbidden(SCOPE_MISSING, scope=scope)


def identify_program(
    headers: Mapping[bytes, bytes],
    address: str,
    find_token: FindToken = authentication.token_of_bearer,
) -> Program:
    """Who sends a request, by its headers with names in lower case. Asks the database.

    Raises ForeignHost; NotSignedIn; Forbidden for a page of another origin, unless it may
    come as a stranger; TooMany after too many unknown tokens; Down where nobody can tell.
    """
    origin, host = _text(headers, b"origin"), _text(headers, b"host")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        raise ForeignHost
    token = _token(_text(headers, b"authorization"), address, find_token)
    if token is not None:
        if origin and not authentication.is_same_origin(origin, host):
            raise Forbidden
        return Program(token.user, frozenset(token.scopes))
    if authentication.may_be_anonymous(origin, host):
        return Program(AnonymousUser(), frozenset(DEFAULT_SCOPES))
    if settings.ALLOW_ANONYMOUS or (origin and not authentication.is_same_origin(origin, host)):
        raise Forbidden
    raise NotSignedIn("token_missing")


def request_headers(request: HttpRequest) -> dict[bytes, bytes]:
    """The headers of a request, as `identify_program` takes them."""
    return {
        name.lower().encode(): value.encode("latin-1", "replace")
        for name, value in request.headers.items()
    }


def _token(bearer: str, address: str, find_token: FindToken) -> ApiToken | AccessToken | None:
    try:
        return find_token(bearer, address)
    except CredentialsRefused as error:
        raise token_refusal(error) from None
    except IssuerAway:
        raise Down(SIGN_IN_AWAY, retry_after=SIGN_IN_RETRY_SECONDS) from None


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")
