"""Where a repository that has moved went: one question to its old host, at the address that was checked.

Git itself follows no redirect, so that nobody is led to a place that was not looked at. The new address goes through
the same checks as one that a person typed.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from urllib.parse import urljoin, urlsplit

from repos.sources.address import Address, parse_address
from repos.sources.errors import BadAddress
from repos.sources.git import Place

SECONDS = 15
STATUSES = (301, 302, 303, 307, 308)
# What git asks a smart HTTP server first (gitprotocol-http).
REFS = "/info/refs"
QUERY = "service=git-upload-pack"


class _PinnedConnection(http.client.HTTPSConnection):
    """HTTPS to one of the checked addresses, with the certificate of the host's name."""

    def __init__(self, place: Place) -> None:
        context = ssl.create_default_context(cafile=place.ca_file or None)
        super().__init__(place.address.host, place.address.port, timeout=SECONDS, context=context)
        self._place = place
        self._tls = context

    def connect(self) -> None:
        plain = socket.create_connection((self._place.pinned.addresses[0], self._place.pinned.port), SECONDS)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self._place.pinned.host)


def moved_to(place: Place) -> Address | None:
    """The address the host redirects git to, None when it gives none that could be one.

    Raises OSError or http.client.HTTPException when the host does not answer as it should.
    """
    connection = _connection(place)
    headers = {"User-Agent": "git/2", "Accept": "*/*"}
    if authorization := place.authorization():
        headers["Authorization"] = authorization  # to the host the token is for, and to no other
    path = urlsplit(place.address.url).path
    try:
        for suffix in (".git", ""):
            connection.request("GET", f"{path}{suffix}{REFS}?{QUERY}", headers=headers)
            response = connection.getresponse()
            location = response.headers.get("Location", "")
            response.close()
            if response.status in STATUSES and location:
                return _address(urljoin(place.address.url, location), place.address)
            connection.close()
    finally:
        connection.close()
    return None


def _connection(place: Place) -> http.client.HTTPConnection:
    if place.proxy:
        proxy = urlsplit(place.proxy)
        tunnel = http.client.HTTPSConnection(proxy.hostname or "", proxy.port or 8080, timeout=SECONDS)
        if proxy.scheme == "http":
            tunnel = http.client.HTTPConnection(proxy.hostname or "", proxy.port or 8080, timeout=SECONDS)  # type: ignore[assignment]
        tunnel.set_tunnel(place.address.host, place.address.port)
        return tunnel
    if place.address.scheme == "http":
        return http.client.HTTPConnection(place.pinned.addresses[0], place.pinned.port, timeout=SECONDS)
    return _PinnedConnection(place)


def _address(location: str, before: Address) -> Address | None:
    target = location.partition("?")[0].removesuffix(REFS)
    try:
        return parse_address(target, before.kind if before.kind != "local" else "")
    except BadAddress:
        return None
