"""Who a program is: by an API token alone. A session cookie makes nobody, whatever its origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http.request import split_domain_port, validate_host

from chat.api.authorization import too_many_guesses
from chat.core.errors import Forbidden, NotSignedIn
from deepwiki.accounts import authentication

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person


class ForeignHost(Exception):
    """The Host header names none of this server's hosts."""


def identify_program(headers: Mapping[bytes, bytes], address: str) -> Person:
    """The person of a request, by its headers with names in lower case. Asks the database.

    Raises ForeignHost; NotSignedIn; Forbidden for a page of another origin, unless it may
    come as a stranger; TooMany after too many unknown tokens.
    """
    origin, host = _text(headers, b"origin"), _text(headers, b"host")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        raise ForeignHost
    person = _of_token(_text(headers, b"authorization"), address)
    if person is not None:
        if origin and not authentication.is_same_origin(origin, host):
            raise Forbidden
        return person
    if authentication.may_be_anonymous(origin, host):
        return AnonymousUser()
    if settings.ALLOW_ANONYMOUS or (origin and not authentication.is_same_origin(origin, host)):
        raise Forbidden
    raise NotSignedIn("token_missing")


def _of_token(bearer: str, address: str) -> Person | None:
    try:
        return authentication.user_of_bearer(bearer, address)
    except authentication.TooManyGuesses as error:
        raise too_many_guesses(error) from None
    except authentication.CredentialsRefused:
        raise NotSignedIn("token_invalid") from None


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")
