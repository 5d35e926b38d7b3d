"""Which hosts this server connects to, decided before any process or socket is opened.

Every address a name resolves to must be public, or the host listed as allowed. The
connection is pinned to the checked addresses, against DNS rebinding.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from repos.sources.address import Address, uri_host
from repos.sources.errors import AddressRefused, Unreachable

Resolver = Callable[[str, int], list[str]]
HTTPS_PORT = 443
PRIVILEGED_PORTS = range(1024)  # ports of other services, such as SSH and mail
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # RFC 4291
# Of the IANA registries of special-purpose addresses, those that Python counts as global or
# may not know yet: protocol assignments with Teredo, documentation, 6to4, AS112, AMT.
SPECIAL_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 192.0.0.0/24"
        " 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.175.48.0/24 240.0.0.0/4"
    ).split()
)
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
# RFC 6761, RFC 6762 and names in common use that no public resolver answers for.
PRIVATE_TOP_LEVEL = frozenset(
    {"corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain"}
    | {"localhost", "onion", "private", "test"}
)
# 127.1, 0x7f000001, 017700000001, 2130706433: a resolver may read these as an address.
NUMERIC_HOSTNAME = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*", re.IGNORECASE)


@dataclass(frozen=True)
class PinnedHost:
    """A checked destination: connections to `hostname` may only go to `addresses`.

    Without addresses (behind a proxy) nothing is pinned.
    """

    hostname: str
    port: int
    addresses: tuple[str, ...]

    def curl_resolve(self) -> str:
        """The host and its addresses as curl's `--resolve` takes them."""
        addresses = ",".join(map(uri_host, self.addresses))
        return f"{self.hostname}:{self.port}:{addresses}"


def resolve(hostname: str, port: int) -> list[str]:
    """Every address of `hostname`, by the system's resolver. Raises OSError."""
    results = socket.getaddrinfo(hostname, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in results))


def check(
    address: Address,
    allow: Iterable[str] = (),
    resolver: Resolver = resolve,
    *,
    through_proxy: bool = False,
) -> PinnedHost:
    """The pinned destination of `address`. `allow` contains `host` or `host:port` entries.

    Raises AddressRefused, and Unreachable if the name does not resolve. Behind a proxy
    such a name is left to the proxy.
    """
    allowed = _is_allowed(address, allow)
    if not allowed:
        _check_public_form(address)
    addresses = _addresses(address, resolver)
    if not addresses and not through_proxy:
        raise Unreachable("unknown_host")
    if not allowed and not all(map(is_public, addresses)):
        raise AddressRefused("private_network")
    return PinnedHost(address.hostname, address.port, tuple(addresses))


def has_public_host(
    address: Address, allow: Iterable[str] = (), *, through_proxy: bool = False
) -> bool:
    """Whether an address names a host that anybody could fetch it from.

    False for a folder, a host that `allow` opens, an IP address, and a name of private
    networks (RFC 6761, RFC 6762, RFC 8375, one label). Behind a proxy, which resolves names
    of its own network, only the known public services count. Nothing is resolved: `check`
    does that before a connection.
    """
    if address.is_local or _is_allowed(address, allow) or is_private_name(address.hostname):
        return False
    if through_proxy and not address.host.is_public(address.hostname):
        return False
    try:
        _check_public_form(address)
    except AddressRefused:
        return False
    return True


def check_move(
    origin: Address, target: Address, allow: Iterable[str] = (), *, through_proxy: bool = False
) -> None:
    """A public host must not lead to one that only this server may reach.

    Raises AddressRefused.
    """
    allow = tuple(allow)
    if has_public_host(origin, allow, through_proxy=through_proxy) and not has_public_host(
        target, allow, through_proxy=through_proxy
    ):
        raise AddressRefused("private_network")


def is_private_name(hostname: str) -> bool:
    """Whether the name of a host is one that only private networks resolve."""
    labels = hostname.lower().rstrip(".").split(".")
    if len(labels) == 1:
        return True
    return labels[-1] in PRIVATE_TOP_LEVEL or labels[-2:] == ["home", "arpa"]


def is_public(text: str) -> bool:
    """Whether this is an address on the public internet, also embedded in an IPv6 one."""
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _embedded_ipv4(ip)
        if inner is None:
            return ip in GLOBAL_UNICAST and not _is_special(ip)
        ip = inner
    return ip.is_global and not ip.is_multicast and not _is_special(ip)


def _is_special(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(ip in network for network in SPECIAL_NETWORKS)


def _addresses(address: Address, resolver: Resolver) -> list[str]:
    """What the name resolves to, empty if it does not."""
    try:
        return resolver(address.hostname, address.port)
    except OSError:
        return []


def _is_allowed(address: Address, allow: Iterable[str]) -> bool:
    entries = {entry.lower() for entry in allow}
    return not entries.isdisjoint((address.hostname, f"{address.hostname}:{address.port}"))


def _check_public_form(address: Address) -> None:
    """What can be refused before the name is resolved. Raises AddressRefused."""
    if address.scheme != "https":
        raise AddressRefused("https_required")
    if _is_port_of_another_service(address.port):
        raise AddressRefused("port_refused")
    if _is_numeric(address.hostname):
        raise AddressRefused("numeric_host")


def _is_port_of_another_service(port: int) -> bool:
    return port != HTTPS_PORT and port in PRIVILEGED_PORTS


def _is_numeric(hostname: str) -> bool:
    return ":" in hostname or NUMERIC_HOSTNAME.fullmatch(hostname) is not None


def _embedded_ipv4(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside a mapped or NAT64 address."""
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None
