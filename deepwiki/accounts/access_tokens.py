"""Access tokens of the OpenID Connect server that people sign in with: JWTs for `/mcp`.

https://www.rfc-editor.org/rfc/rfc9068
https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser

from deepwiki.accounts.credential_errors import (
    AccountDeactivated,
    CredentialsRefused,
    NoAccount,
    SecondFactorMissing,
    TokenExpired,
)
from deepwiki.accounts.issuer_keys import ALGORITHMS, IssuerKeys
from deepwiki.accounts.models import PREFIX, TokenScope
from deepwiki.accounts.two_factor import must_set_up

LEEWAY_SECONDS = 30  # by which clocks may differ
MAX_CHARS = 16_384
REQUIRED = ("exp", "iss", "aud", "sub")
KINDS = ("", "jwt", "at+jwt", "application/at+jwt")  # of the header `typ`
Claims = Mapping[str, Any]


@dataclass(frozen=True)
class TrustedServer:
    """The server that people sign in with, as the settings name it."""

    address: str
    provider: str  # in the rows of its accounts
    audiences: tuple[str, ...]  # besides the address of /mcp


@dataclass(frozen=True)
class AccessToken:
    """A valid token: whose, and for which of our scopes."""

    user: AbstractBaseUser
    scopes: frozenset[str]


def trusted_server() -> TrustedServer | None:
    """None where nobody signs in with OpenID Connect."""
    for app in settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", ()):
        options = app["settings"]
        audiences = tuple(options.get("audiences", ()))
        return TrustedServer(options["server_url"], app["provider_id"], audiences)
    return None


def resource_address() -> str:
    """What a token must be for."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/mcp"


def issuer_name(server: TrustedServer) -> str:
    """The server's name as it stands in tokens. May ask it. Raises IssuerAway."""
    return _keys(server.address).name()


def is_access_token(clear: str) -> bool:
    """Whether a text has the form of such a token, which no API token has."""
    return clear.count(".") == 2 and not clear.startswith(PREFIX) and trusted_server() is not None


def find_access_token(clear: str) -> AccessToken:
    """The token of an active person who has signed in here. Asks the database, and may ask the
    server for its keys.

    Raises CredentialsRefused, TokenExpired, NoAccount, AccountDeactivated, SecondFactorMissing,
    IssuerAway.
    """
    server = trusted_server()
    if server is None or len(clear) > MAX_CHARS:
        raise CredentialsRefused
    claims = _claims(server, clear)
    return AccessToken(_person(server, str(claims["sub"])), _scopes(claims))


def _claims(server: TrustedServer, clear: str) -> Claims:
    """What a token says that is signed by the server, for us, and valid now."""
    try:
        header = jwt.get_unverified_header(clear)
        issuer, key = _keys(server.address).find(header.get("kid"))
        if key is None or str(header.get("typ", "")).lower() not in KINDS:
            raise CredentialsRefused
        claims: Claims = jwt.decode(
            clear,
            key,
            algorithms=list(ALGORITHMS),
            audience=[resource_address(), *server.audiences],
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": list(REQUIRED)},
        )
    except jwt.ExpiredSignatureError:
        raise TokenExpired from None
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise CredentialsRefused from None
    if "cnf" in claims:
        raise CredentialsRefused  # bound to a key of its client, which is not proved here
    return claims


def _person(server: TrustedServer, subject: str) -> AbstractBaseUser:
    """Whose account at the server this is, by what signing in has stored."""
    accounts = SocialAccount.objects.select_related("user")
    account = accounts.filter(provider=server.provider, uid=subject).first()
    if account is None:
        raise NoAccount
    person: AbstractBaseUser = account.user
    if not person.is_active:
        raise AccountDeactivated
    if must_set_up(person):
        raise SecondFactorMissing
    return person


def _scopes(claims: Claims) -> frozenset[str]:
    """Our scopes among those granted: `scope`, or `scp` as some servers call it."""
    granted = claims.get("scope", claims.get("scp", ""))
    names = granted.split() if isinstance(granted, str) else granted
    if not isinstance(names, list):
        return frozenset()
    return frozenset(TokenScope.values).intersection(str(name) for name in names)


@cache
def _keys(address: str) -> IssuerKeys:
    return IssuerKeys(address)
