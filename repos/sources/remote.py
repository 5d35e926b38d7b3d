"""A remote repository that passed the network policy, as git and redirects reach it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from repos.sources.address import Address
from repos.sources.network_policy import PinnedHost


@dataclass(frozen=True)
class Remote:
    """A checked address with everything a connection to it needs.

    `ca_file` is a bundle of trusted certificates in place of git's own, `proxy` an http(s)
    or socks address.
    """

    address: Address
    pinned: PinnedHost
    token: str = field(default="", repr=False)
    ca_file: str = ""
    proxy: str = ""

    def config(self) -> dict[str, str]:
        """Git's settings for this remote."""
        config = {f"protocol.{self.address.scheme}.allow": "always"}
        if self.pinned.addresses and ":" not in self.pinned.hostname:
            config["http.curloptResolve"] = self.pinned.curl_resolve()
        config |= self._authorization_config()
        if self.ca_file:
            config["http.sslCAInfo"] = self.ca_file
        if self.proxy:
            config["http.proxy"] = self.proxy
        return config

    def authorization(self) -> str:
        """The value of the Authorization header, empty without a token."""
        if not self.token:
            return ""
        return f"Basic {self._credentials().decode()}"

    def _credentials(self) -> bytes:
        """User name and token in Base64 (RFC 7617)."""
        credentials = f"{self.address.host.token_user}:{self.token}"
        return base64.b64encode(credentials.encode())

    def urls(self) -> tuple[str, ...]:
        """The spellings to try, first the one the host prefers: with and without `.git`."""
        url = self.address.url
        return tuple(dict.fromkeys((url + self.address.host.git_suffix, url)))

    def _authorization_config(self) -> dict[str, str]:
        authorization = self.authorization()
        if not authorization:
            return {}
        # Git matches whole path parts of an address, hence both spellings.
        urls = (self.address.url, f"{self.address.url}.git")
        return {f"http.{url}.extraHeader": f"Authorization: {authorization}" for url in urls}
