"""Where an address leads: scheme, host and path, from a URL or an ssh address."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, unquote, urlsplit

from repos.sources.errors import BadAddress
from repos.sources.host import Host
from repos.sources.host_pages import PageRule, PastedUrl
from repos.sources.hosts import HOSTS, service_of

WEB_SCHEMES = frozenset({"https", "http"})
SSH_SCHEMES = frozenset({"ssh", "git+ssh", "ssh+git"})
HOSTNAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+", re.IGNORECASE)
# user@host:path, or host:path where no port can be meant.
SCP_FORM = re.compile(
    r"(?:[\w.~-]+@(?P<host>[\w.-]+\.[\w-]+|localhost):(?P<path>(?![:/]*$)(?!//)[^:].*)"
    r"|(?P<other>[\w-][\w.-]*\.[\w-]+):(?P<rest>(?!\d+(?:/|$))[^/:@][^/:@]*/.+))"
)
# Long random words, and a password behind an encoded colon.
TOKEN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_-]{20,}|.{41,}|.*:.*", re.DOTALL)
TOKEN_PREFIXES = tuple(prefix for host in HOSTS for prefix in host.token_prefixes)
PASSWORD = re.compile(
    r"(?:^|[/\s<\"'(\[])[^/@\s:]*:(?!//)[^/\s]*@|//[^/\s]*:[^\s]*@|%3a[^/\s]*@", re.I
)
SLASHES = re.compile("/{2,}")
# In front of a path, an encoded slash says no more than a plain one.
LEADING_SLASHES = re.compile(r"\A(?:/|%2f)+", re.IGNORECASE)
SSH_USER = "git"


@dataclass(frozen=True)
class Location:
    """A remote address as typed, its host name in ASCII. `port` is None if left out."""

    scheme: str
    hostname: str
    port: int | None
    path: str  # percent-encoded, without slashes around it
    query: str = ""
    fragment: str = ""
    user: str = field(default="", repr=False)
    is_ssh: bool = False

    def check_user(self, host: Host) -> None:
        """Raises BadAddress for a user name where it can only be a token, or looks like one."""
        if not self.user or self.is_ssh or self.user == SSH_USER:
            return
        if not host.names_user or _is_token(self.user):
            raise BadAddress("credentials_in_address")

    def canonical(self, host: Host) -> Location:
        """The same place under the canonical host name; https at a public service."""
        location = self
        if owner := host.owner_of(self.hostname):
            path = re.sub(r"(?i)^DefaultCollection/", "", self.path)
            location = replace(self, hostname=host.domains[0], path=f"{owner}/{path}")
        if host.alias(self.hostname):
            location = replace(self, hostname=host.domains[0])
        if service_of(location.hostname) is not None and location.scheme == "http":
            location = replace(location, scheme="https", port=_https_port(location.port))
        return location

    def pages(self, host: Host) -> tuple[PageRule, ...]:
        """The forms of page of an alias that has its own."""
        alias = host.alias(self.hostname)
        if alias is None:
            return ()
        return alias.pages

    def pasted_url(self, host: Host) -> PastedUrl:
        """What names a page, with the path of https in place of ssh's."""
        return PastedUrl(self._web_path(host), self.query, self.fragment)

    def _web_path(self, host: Host) -> str:
        if not self.is_ssh or self.path.startswith(host.ssh_prefix):
            return self.path
        return host.ssh_prefix + self.path


def may_hold_password(text: str) -> bool:
    """Whether a text that may be no address at all has a password where addresses do."""
    return PASSWORD.search(text) is not None


def parse_location(text: str) -> Location:
    """The location in a URL (`https://` may be left out), or in an ssh address.

    Raises BadAddress.
    """
    text = _as_url(text)
    try:
        parts = urlsplit(text)
        hostname = _ascii_hostname(parts.hostname or "")
        port = parts.port
    except (ValueError, UnicodeError):
        raise BadAddress from None
    scheme = parts.scheme.removeprefix("git+")
    if parts.scheme in SSH_SCHEMES:
        scheme, port = "https", None
    is_ssh = parts.scheme in SSH_SCHEMES
    if scheme not in WEB_SCHEMES:
        raise BadAddress("unsupported_scheme")
    if parts.password is not None:
        raise BadAddress("credentials_in_address")
    if is_ssh and not _is_hostname(hostname):
        raise BadAddress("unsupported_scheme")  # a name of one's own network or ssh settings
    if not _is_hostname(hostname):
        raise BadAddress
    path, fragment = _path_and_fragment(parts)
    return Location(
        scheme=scheme,
        hostname=hostname,
        port=port,
        path=path,
        query=parts.query,
        fragment=fragment,
        user=unquote(parts.username or ""),
        is_ssh=is_ssh,
    )


def uri_host(host: str) -> str:
    """A host name or IP address as it stands in a URL: IPv6 in brackets (RFC 3986)."""
    return f"[{host}]" if ":" in host else host


def _is_token(user: str) -> bool:
    return user.startswith(TOKEN_PREFIXES) or TOKEN.fullmatch(user) is not None


def _https_port(http_port: int | None) -> int | None:
    if http_port == 80:
        return None
    return http_port


def _as_url(text: str) -> str:
    if "://" in text:
        return text
    if match := SCP_FORM.fullmatch(text):
        host, path = match["host"] or match["other"], match["path"] or match["rest"]
        return f"ssh://{host}/{path.lstrip('/')}"
    return f"https://{text}"


def _ascii_hostname(hostname: str) -> str:
    return hostname.rstrip(".").encode("idna").decode("ascii").lower()


def _is_hostname(hostname: str) -> bool:
    return _has_domain(hostname) and HOSTNAME.fullmatch(hostname) is not None


def _has_domain(hostname: str) -> bool:
    return "." in hostname or ":" in hostname or hostname in ("localhost", "example")


def _path_and_fragment(parts: SplitResult) -> tuple[str, str]:
    """The path without slashes around it, and the fragment.

    In pip's form `git+https://host/path@revision#egg=name` the revision takes its place.
    """
    path = SLASHES.sub("/", LEADING_SLASHES.sub("", parts.path)).strip("/")
    if parts.scheme.startswith("git+") and "@" in path.rpartition("/")[2]:
        path, _, revision = path.rpartition("@")
        return f"{path.removesuffix('.git')}.git", revision
    return path, parts.fragment
