"""Redirects: the new address of a repository that has moved.

Git follows no redirect, so that it never connects to an unchecked host. The new address
passes the same checks as one that a person typed.

Requests go to a pinned IP address, see pinned_http.py. An event loop of its own gives the
exchange a total deadline.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urljoin, urlsplit

import httpx2

from repos.sources.address import Address, parse_address
from repos.sources.errors import BadAddress
from repos.sources.pinned_http import TOTAL_SECONDS, UNREACHABLE, origin, pinned_client
from repos.sources.remote import Remote

PROXY_PORT = 8080
# What git requests first from a smart HTTP server (gitprotocol-http).
REFS = "/info/refs"
QUERY = "service=git-upload-pack"


def moved_to(remote: Remote) -> Address | None:
    """The address the host redirects git to.

    The remote's own address if only the spelling changes; None without a redirect, or if
    the host cannot be reached from here. Each pinned IP address is tried for at most
    TOTAL_SECONDS. Raises OSError if none answers. Blocks: call it outside an event loop.
    """
    origins = _origins(remote)
    if not origins:
        return None
    last_error: Exception | None = None
    for each in origins:
        try:
            return asyncio.run(_redirect_target(remote, each))
        except UNREACHABLE as error:
            last_error = error
    raise OSError("the host did not answer") from last_error


def _origins(remote: Remote) -> list[str]:
    """Scheme, host and port to connect to: each pinned IP address, or a proxy's target."""
    address = remote.address
    if not remote.proxy:
        return [origin(address, ip) for ip in remote.pinned.addresses]
    if _is_supported_proxy(remote):
        return [origin(address, address.hostname)]
    return []


def _is_supported_proxy(remote: Remote) -> bool:
    """Git may support other proxies; redirects behind those are not followed."""
    return urlsplit(remote.proxy).scheme == "http" and remote.address.scheme == "https"


async def _redirect_target(remote: Remote, base: str) -> Address | None:
    address = remote.address
    respelled = False
    async with asyncio.timeout(TOTAL_SECONDS), _client(remote) as client:
        for suffix in (".git", ""):
            path = f"{urlsplit(address.url).path}{suffix}{REFS}?{QUERY}"
            location = await _location(client, base + path, address.hostname)
            if not location:
                continue
            target = _parse_location(location, address)
            if target is None or target.url != address.url:
                return target
            respelled = True
    if respelled:
        return address
    return None


async def _location(client: httpx2.AsyncClient, url: str, hostname: str) -> str:
    """The Location header of a redirect, else empty. The body is not read."""
    async with client.stream("GET", url, extensions={"sni_hostname": hostname}) as response:
        if response.has_redirect_location:
            return response.headers["Location"]
    return ""


def _client(remote: Remote) -> httpx2.AsyncClient:
    headers = {
        "Host": urlsplit(remote.address.url).netloc,
        "User-Agent": "git/2",
        "Accept": "*/*",
    }
    # Sent to the host the token is for and to no other: redirects are not followed here.
    if authorization := remote.authorization():
        headers["Authorization"] = authorization
    return pinned_client(ca_file=remote.ca_file, proxy=_proxy(remote.proxy), headers=headers)


def _proxy(address: str) -> httpx2.URL | None:
    if not address:
        return None
    url = httpx2.URL(address)
    return url.copy_with(port=url.port or PROXY_PORT)


def _parse_location(location: str, previous: Address) -> Address | None:
    """The repository address in a redirect to its refs; None if it is none."""
    url = _without_refs(urljoin(previous.url, location))
    try:
        return parse_address(url, previous.kind)
    except BadAddress:
        return None


def _without_refs(url: str) -> str:
    """The repository's URL in the URL of its refs."""
    return url.partition("?")[0].removesuffix(REFS)
