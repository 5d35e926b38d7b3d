"""May this server go to that host? Decided on addresses, before any process or socket is opened.

Every address a name resolves to must be a public one (or the host be allow-listed), and the connection is pinned to
the addresses that were checked, so that a name cannot change its mind in between.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from repos.sources.address import Address
from repos.sources.errors import AddressRefused, Unreachable

Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class PinnedHost:
    """A checked destination: `addresses` are what `host` may be taken to mean."""

    host: str
    port: int
    addresses: tuple[str, ...]


def resolve(host: str, port: int) -> list[str]:
    """Every address of `host`, by the system's resolver. Raises OSError."""
    return list(
        dict.fromkeys(
            str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
    )


def check(
    address: Address,
    allow: Iterable[str] = (),
    resolver: Resolver = resolve,
    *,
    through_proxy: bool = False,
) -> PinnedHost:
    """The pinned destination of `address`, or Refused. `allow` holds `host` or `host:port` entries.

    Behind a proxy a name that cannot be resolved here is left to the proxy: nothing is pinned then.
    """
    allowed = {entry.lower() for entry in allow}
    listed = address.host in allowed or f"{address.host}:{address.port}" in allowed
    if address.scheme != "https" and not listed:
        raise AddressRefused(
            "Only https addresses are used. Give the https address of this repository."
        )
    if not listed and address.port < 1024 and address.port != 443:
        raise AddressRefused(
            "This port is not one that repositories are fetched from. Ask the administrator to allow it."
        )
    if not listed and _numeric(address.host):
        raise AddressRefused("Give the repository's host by name.")
    try:
        found = resolver(address.host, address.port)
    except OSError:
        found = []
    if not found and through_proxy:
        return PinnedHost(address.host, address.port, ())
    if not found:
        raise Unreachable("The host of this repository could not be found. Check the address.")
    if not listed and not all(public(ip) for ip in found):
        raise AddressRefused(
            "This host is on a private network. Ask the administrator to allow it."
        )
    return PinnedHost(address.host, address.port, tuple(found))


def public(text: str) -> bool:
    """Is this an address on the public internet, whatever way it is wrapped?"""
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return public(str(inner))
    return ip.is_global and not ip.is_multicast


def _numeric(host: str) -> bool:
    # 127.1, 0x7f000001, 017700000001, 2130706433 and IPv6: forms a resolver may read as an address.
    return ":" in host or bool(
        re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*", host, re.IGNORECASE)
    )
