"""Sending a document to an address that somebody set up: through the network policy of clones.

Requests go to a pinned IP address and follow no redirect, see pinned_http.py, so that nothing leads
to an unchecked host.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx2

from repos.sources import network_policy
from repos.sources.address import DEFAULT_PORTS, Address
from repos.sources.errors import BadAddress, Unreachable
from repos.sources.hosts import GIT
from repos.sources.pinned_http import TOTAL_SECONDS, UNREACHABLE, origin, pinned_client

MAX_REPLY_BYTES = 2_000
MAX_CHARS = 1_000


@dataclass(frozen=True)
class Network:
    """How this server reaches others; `allow` are hosts of private networks."""

    allow: Iterable[str] = ()
    ca_file: str = ""
    proxy: str = ""


@dataclass(frozen=True)
class PostReply:
    """What was answered: the status, and the beginning of the body."""

    status: int
    text: str


def parse_target(url: str) -> Address:
    """The address of a document's receiver. Raises BadAddress."""
    if len(url) > MAX_CHARS or not url.isascii() or not url.isprintable() or " " in url:
        raise BadAddress("bad_characters")
    parts = _parts(url)
    if parts.username or parts.password:
        raise BadAddress("credentials_in_address")
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.fragment:
        raise BadAddress("bad_address")
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    return Address(GIT.kind, url, parts.hostname, parts.hostname, port, parts.scheme)


def check_target(url: str, network: Network) -> None:
    """Raises BadAddress, AddressRefused and Unreachable for an address nothing is sent to."""
    _pinned(parse_target(url), network)


def post(url: str, body: bytes, headers: Mapping[str, str], network: Network) -> PostReply:
    """Send a body. Takes at most TOTAL_SECONDS for each IP address of the host.

    Raises BadAddress, AddressRefused and Unreachable. Blocks: call it outside an event loop.
    """
    target = parse_target(url)
    for each in _origins(target, network):
        try:
            return asyncio.run(_post(target, each, body, headers, network))
        except UNREACHABLE:
            continue
    raise Unreachable("host_failed")


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise BadAddress("bad_address") from None
    return parts


def _pinned(target: Address, network: Network) -> network_policy.PinnedHost:
    return network_policy.check(target, network.allow, through_proxy=bool(network.proxy))


def _origins(target: Address, network: Network) -> list[str]:
    """Scheme, host and port to connect to: each pinned IP address, or a proxy's target."""
    pinned = _pinned(target, network)
    if network.proxy:
        return [origin(target, target.hostname)]
    return [origin(target, ip) for ip in pinned.addresses]


async def _post(
    target: Address, base: str, body: bytes, headers: Mapping[str, str], network: Network
) -> PostReply:
    parts = urlsplit(target.url)
    path = parts._replace(scheme="", netloc="").geturl() or "/"
    extensions = {"sni_hostname": target.hostname}
    sent = {**headers, "Host": parts.netloc}
    async with (
        asyncio.timeout(TOTAL_SECONDS),
        pinned_client(ca_file=network.ca_file, proxy=network.proxy or None) as client,
        client.stream(
            "POST", base + path, content=body, headers=sent, extensions=extensions
        ) as response,
    ):
        return PostReply(response.status_code, await _beginning(response))


async def _beginning(response: httpx2.Response) -> str:
    """The first bytes as they come, not decompressed, as text."""
    read = b""
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) >= MAX_REPLY_BYTES:
            break
    return read[:MAX_REPLY_BYTES].decode("utf-8", "replace")
