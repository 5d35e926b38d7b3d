"""What requests are counted by when only the network address of their client is known."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

from django.utils.crypto import salted_hmac

UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104 - nothing listens there


def address_key(address: str) -> str:
    """What a network address is counted by: a keyed hash, 64 hexadecimal digits.

    Of an IPv6 address its /64 counts, which one subscriber has at least.
    """
    return salted_hmac("chat.anonymous", network(address), algorithm="sha256").hexdigest()


def network(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 address; other text as it is."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ip_network((ip, 64), strict=False))


def valid_address(text: str) -> str:
    """A network address as it is; UNKNOWN_ADDRESS for other text, such as a proxy may send."""
    try:
        return str(ip_address(text))
    except ValueError:
        return UNKNOWN_ADDRESS
