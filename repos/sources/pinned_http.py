"""HTTP requests to pinned IP addresses of checked hosts, which follow no redirect.

The `sni_hostname` extension of httpx2 makes TLS request and verify the certificate of the host's
name. Who sends a request gives the whole exchange TOTAL_SECONDS: httpx2's timeouts hold for each
read only.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx2

from deepwiki.foundation.certificates import trusted_certificates
from repos.sources.address import Address, uri_host

CONNECT_SECONDS = 10
TOTAL_SECONDS = 20
UNREACHABLE = (OSError, ValueError, httpx2.HTTPError, httpx2.InvalidURL)


def origin(address: Address, host: str) -> str:
    """Scheme, host and port to connect to: `host` is a pinned IP address, or the name itself."""
    return f"{address.scheme}://{uri_host(host)}:{address.port}"


def pinned_client(
    *, ca_file: str, proxy: httpx2.URL | str | None, headers: Mapping[str, str] | None = None
) -> httpx2.AsyncClient:
    """A client that takes nothing from the environment."""
    return httpx2.AsyncClient(
        headers=headers,
        verify=trusted_certificates(ca_file),
        proxy=proxy,
        timeout=CONNECT_SECONDS,
        follow_redirects=False,
        trust_env=False,
    )
