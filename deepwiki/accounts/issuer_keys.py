"""The keys that the OpenID Connect server signs with: fetched, kept for a while, bounded.

https://openid.net/specs/openid-connect-discovery-1_0.html
https://www.rfc-editor.org/rfc/rfc7517
"""

from __future__ import annotations

import json
import logging
import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx2
from django.conf import settings
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from deepwiki.accounts.credential_errors import IssuerAway
from deepwiki.foundation.bounded_http import UNCOMPRESSED, bound_reply
from deepwiki.foundation.certificates import trusted_certificates

ALGORITHMS = ("RS256", "ES256")
DISCOVERY = "/.well-known/openid-configuration"
ASK_SECONDS = 60.0  # between two looks at the server, whatever comes of the first
FRESH_SECONDS = 3_600.0  # then they are fetched again
KEPT_SECONDS = 86_400.0  # while the server is away
READ_SECONDS, TOTAL_SECONDS = 5.0, 10.0  # of one reply
MAX_BYTES = 262_144
MAX_KEYS = 50
UNUSABLE = (OSError, ValueError, TypeError, KeyError, AttributeError, httpx2.HTTPError)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class KnownIssuer:
    """What the server says of itself: its name in tokens, and its keys by their ids."""

    issuer: str
    keys: Mapping[str, PyJWK]
    fetched_at: float

    @classmethod
    def fetch(cls, server_url: str) -> Self:
        """Raises one of UNUSABLE."""
        with _client() as client:
            about = _read_json(client, discovery_address(server_url))
            issuer, keys_url = str(about["issuer"]), str(about["jwks_uri"])
            if server_url.startswith("https:") and not keys_url.startswith("https:"):
                raise ValueError("the address of the keys is not https")
            keys = _usable_keys(_read_json(client, keys_url)["keys"])
        return cls(issuer, keys, time.monotonic())

    def find(self, key_id: str | None) -> PyJWK | None:
        """The key of this id; without one, the only key."""
        if key_id is None and len(self.keys) == 1:
            return next(iter(self.keys.values()))
        return self.keys.get(key_id or "")


class IssuerKeys:
    """The keys of one server. For many threads: at most one of them asks it."""

    def __init__(self, server_url: str) -> None:
        self.server_url = server_url
        self._asking = threading.Lock()
        self._asked_at = -math.inf
        self._known: KnownIssuer | None = None

    def find(self, key_id: str | None) -> tuple[str, PyJWK | None]:
        """The server's name, and the key of this id if it has one. May wait for the server.

        Raises IssuerAway.
        """
        known = self._known
        if known is None or _age(known) > FRESH_SECONDS or known.find(key_id) is None:
            known = self._asked_again(known)
        if known is None or _age(known) > KEPT_SECONDS:
            raise IssuerAway
        return known.issuer, known.find(key_id)

    def name(self) -> str:
        """The server's name as it stands in tokens. Raises IssuerAway."""
        return self.find(None)[0] if self._known is None else self._known.issuer

    def _asked_again(self, known: KnownIssuer | None) -> KnownIssuer | None:
        """What is known now. Who knows something already does not wait for others who ask."""
        seconds = TOTAL_SECONDS if known is None else 0
        if not self._asking.acquire(timeout=seconds):
            return known
        try:
            if time.monotonic() - self._asked_at >= ASK_SECONDS:
                self._asked_at = time.monotonic()
                self._known = KnownIssuer.fetch(self.server_url)
        except UNUSABLE as error:
            logger.warning(
                "the keys of the sign-in server cannot be read: %s", type(error).__name__
            )
        finally:
            self._asking.release()
        return self._known


def discovery_address(server_url: str) -> str:
    """Where the server describes itself; the setting may name that, as for signing in."""
    if "/.well-known/" in server_url:
        return server_url
    return server_url.rstrip("/") + DISCOVERY


def _age(known: KnownIssuer) -> float:
    return time.monotonic() - known.fetched_at


def _client() -> httpx2.Client:
    return httpx2.Client(
        verify=trusted_certificates(settings.CA_FILE),
        timeout=READ_SECONDS,
        follow_redirects=False,
        headers=UNCOMPRESSED,
        event_hooks=bound_reply(MAX_BYTES),
    )


def _read_json(client: httpx2.Client, address: str) -> Any:
    """The JSON at an address. Raises one of UNUSABLE, also for a reply that drips for long."""
    ends_at = time.monotonic() + TOTAL_SECONDS
    body = bytearray()
    with client.stream("GET", address) as reply:
        reply.raise_for_status()
        for chunk in reply.iter_bytes():
            body += chunk
            if time.monotonic() > ends_at:
                raise TimeoutError
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _usable_keys(given: Any) -> dict[str, PyJWK]:
    """The keys that sign as we accept it; the others are for something else."""
    keys: dict[str, PyJWK] = {}
    for one in given[:MAX_KEYS]:
        if one.get("use", "sig") != "sig":
            continue
        try:
            key = PyJWK(one)
        except (PyJWTError, ValueError, TypeError):
            continue
        if key.algorithm_name in ALGORITHMS:
            keys[str(one.get("kid", ""))] = key
    return keys
