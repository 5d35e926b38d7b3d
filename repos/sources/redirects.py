"""Where a repository that has moved went: one question to its old host, at the address that was checked.

Git itself follows no redirect, so that nobody is led to a place that was not looked at. The new address goes through
the same checks as one that a person typed.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import ssl
import threading
from urllib.parse import unquote, urljoin, urlsplit

from repos.sources.address import Address, parse_address
from repos.sources.errors import BadAddress
from repos.sources.git import Remote

SECONDS = 10
TOTAL_SECONDS = 20
STATUSES = (301, 302, 303, 307, 308)
# What git asks a smart HTTP server first (gitprotocol-http).
REFS = "/info/refs"
QUERY = "service=git-upload-pack"


class _PinnedConnection(http.client.HTTPSConnection):
    """HTTPS to one of the checked addresses, with the certificate of the host's name."""

    def __init__(self, remote: Remote, address: str, context: ssl.SSLContext) -> None:
        super().__init__(remote.address.host, remote.address.port, timeout=SECONDS, context=context)
        self._remote, self._address, self._tls = remote, address, context

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self._remote.pinned.port), SECONDS)
        self.sock = plain  # so that it can be ended during the handshake too
        self.sock = self._tls.wrap_socket(plain, server_hostname=self._remote.pinned.host)


def moved_to(remote: Remote) -> Address | None:
    """The address the host redirects git to; its own when it only changes the spelling; None when there is none.

    Each checked address of the host is tried. Raises OSError or http.client.HTTPException when none answers as it
    should; takes twenty seconds an address at the most, however slowly the host sends.
    """
    trouble: Exception | None = None
    for address in remote.pinned.addresses or ("",):
        connection = _connection(remote, address)
        if connection is None:
            return None
        ended = threading.Event()
        threading.Thread(target=_hang_up, args=[connection, ended], daemon=True).start()
        try:
            return _asked(connection, remote)
        except (
            OSError,
            http.client.HTTPException,
            AttributeError,
            ValueError,
        ) as error:  # the last two: hung up, nonsense
            trouble = error
        finally:
            ended.set()
            connection.close()
    raise OSError("the host did not answer") from trouble


def _asked(connection: http.client.HTTPConnection, remote: Remote) -> Address | None:
    headers = {"User-Agent": "git/2", "Accept": "*/*"}
    if authorization := remote.authorization():
        headers["Authorization"] = authorization  # to the host the token is for, and to no other
    path = urlsplit(remote.address.url).path
    toggled = False
    for suffix in (".git", ""):
        connection.request("GET", f"{path}{suffix}{REFS}?{QUERY}", headers=headers)
        response = connection.getresponse()
        location = response.headers.get("Location", "")
        response.close()
        if response.status in STATUSES and location:
            target = _address(urljoin(remote.address.url, location), remote.address)
            if target is None or target.url != remote.address.url:
                return target
            toggled = True  # only from one spelling to the other
        connection.close()
    return remote.address if toggled else None


def _hang_up(connection: http.client.HTTPConnection, ended: threading.Event) -> None:
    """From the deadline on, end whatever is open, until the asking has ended."""
    if ended.wait(TOTAL_SECONDS):
        return
    while not ended.wait(0.5):
        if connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)


def _connection(remote: Remote, address: str) -> http.client.HTTPConnection | None:
    """A connection to the host itself, or through the proxy: encrypted to the host in both cases when it is https."""
    context = ssl.create_default_context(cafile=remote.ca_file or None)
    if remote.proxy:
        proxy = urlsplit(remote.proxy)
        if proxy.scheme != "http" or not proxy.hostname or remote.address.scheme != "https":
            return None  # git may know the way through other proxies; a move behind one is not followed
        tunnel = http.client.HTTPSConnection(
            proxy.hostname, proxy.port or 8080, timeout=SECONDS, context=context
        )
        headers = {}
        if proxy.username:
            known = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
            headers["Proxy-Authorization"] = f"Basic {base64.b64encode(known.encode()).decode()}"
        tunnel.set_tunnel(remote.address.host, remote.address.port, headers)
        return tunnel
    if not address:
        return None
    if remote.address.scheme == "http":
        return http.client.HTTPConnection(address, remote.pinned.port, timeout=SECONDS)
    return _PinnedConnection(remote, address, context)


def _address(location: str, before: Address) -> Address | None:
    target = location.partition("?")[0].removesuffix(REFS)
    try:
        return parse_address(target, before.kind if before.kind != "local" else "")
    except BadAddress:
        return None
