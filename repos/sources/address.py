"""Repository addresses: one canonical spelling for each repository."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit

from repos.sources.errors import BadAddress
from repos.sources.hosts import (
    BY_KIND,
    GIT,
    GITHUB,
    KINDS,
    LOCAL,
    Host,
    canonical_hostname,
    host_of,
)

MAX_CHARS = 1_000
MAX_PARTS = 12
DEFAULT_PORTS = {"https": 443, "http": 80}
# Unicode categories without a place in an address: controls, formats, surrogates, line and
# paragraph separators.
BAD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
SHORT_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
HOSTNAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+", re.IGNORECASE)
PART = re.compile(r"[\w.~ +@-]+", re.UNICODE)
REVISION = re.compile(
    r"(?!-)(?!.*(\.\.|//|@\{|\.lock(/|$)))[^\x00-\x20\x7f~^:?*\[\\]{1,200}(?<![./])"
)


@dataclass(frozen=True)
class Address:
    """One repository: `url` is its canonical spelling, `name` its short name (`owner/repo`).

    A local folder has the kind `local`, its full path as `url` and no host name.
    """

    kind: str
    url: str
    name: str
    hostname: str = ""
    port: int = 0
    scheme: str = "https"

    @property
    def is_local(self) -> bool:
        return self.kind == LOCAL

    @property
    def host(self) -> Host:
        """The kind of git host; a plain git server's rules for a local folder."""
        return BY_KIND.get(self.kind, GIT)

    def blob_url(self, commit: str, path: str, start: int = 0, end: int = 0) -> str:
        """The host's page of these lines at this commit, empty if the host has none."""
        return self.host.blob_url(self.url, commit, path, start, end)


@dataclass(frozen=True)
class _Location:
    """A remote address as typed, its host name in ASCII. `port` is None if left out."""

    scheme: str
    hostname: str
    port: int | None
    path: str


def parse_address(text: str, kind: str = "") -> Address:
    """Parse `https://host[:port]/path[.git]`, `owner/repo` or the path of a local folder.

    `kind` is the declared kind of host, empty if unknown. Raises BadAddress, also for an
    address with credentials, so that none is ever stored.
    """
    text = unicodedata.normalize("NFC", text).strip()
    _check_characters(text)
    if kind and kind not in KINDS:
        raise BadAddress("unknown_kind", kinds=", ".join(KINDS))
    if kind == LOCAL or text.startswith(("/", "~/")):
        return _local_address(text)
    if kind in ("", GITHUB.kind) and SHORT_FORM.fullmatch(text):
        text = f"https://{GITHUB.domains[0]}/{text}"
    return _remote_address(_location(text), kind)


def check_revision(text: str) -> str:
    """`text` if it may name a branch, tag or commit (git-check-ref-format).

    Raises BadAddress.
    """
    if not REVISION.fullmatch(text):
        raise BadAddress("bad_revision")
    return text


def uri_host(host: str) -> str:
    """A host name or IP address as it stands in a URL: IPv6 in brackets (RFC 3986)."""
    return f"[{host}]" if ":" in host else host


def _check_characters(text: str) -> None:
    if not text:
        raise BadAddress("empty_address")
    if len(text) > MAX_CHARS or _has_bad_characters(text):
        raise BadAddress("bad_characters")


def _has_bad_characters(text: str) -> bool:
    return not BAD_CATEGORIES.isdisjoint(map(unicodedata.category, text))


def _local_address(text: str) -> Address:
    folder = _full_path(text).resolve()
    return Address(LOCAL, str(folder), folder.name or "/")


def _full_path(text: str) -> Path:
    """The path in `text`, `~` expanded. Raises BadAddress if it is relative."""
    path = Path(text).expanduser()
    if not path.is_absolute() or "\\" in text:
        raise BadAddress("relative_folder")
    return path


def _location(text: str) -> _Location:
    if "://" not in text and not text.startswith("git@"):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        hostname = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii")
        location = _Location(parts.scheme, hostname, parts.port, unquote(parts.path))
    except (ValueError, UnicodeError):
        raise BadAddress from None
    _check_location(parts, hostname)
    return location


def _check_location(parts: SplitResult, hostname: str) -> None:
    if parts.scheme not in DEFAULT_PORTS:
        raise BadAddress("unsupported_scheme")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("credentials_in_address")
    has_domain = "." in hostname or ":" in hostname or hostname == "localhost"
    if not has_domain or not HOSTNAME.fullmatch(hostname):
        raise BadAddress


def _remote_address(location: _Location, kind: str) -> Address:
    hostname = canonical_hostname(location.hostname)
    host = host_of(hostname, kind)
    parts = _path_parts(host.strip_page(location.path))
    if host.is_public(location.hostname) and len(parts) < host.min_parts:
        raise BadAddress("only_owner_in_address")
    if host.is_public(hostname):
        parts = _canonical_parts(parts, host)
    return Address(
        kind=host.kind,
        url=_canonical_url(location, hostname, parts),
        name="/".join(parts),
        hostname=hostname,
        port=location.port or DEFAULT_PORTS[location.scheme],
        scheme=location.scheme,
    )


def _canonical_url(location: _Location, hostname: str, parts: list[str]) -> str:
    netloc = uri_host(hostname)
    if location.port not in (None, DEFAULT_PORTS[location.scheme]):
        netloc += f":{location.port}"
    path = "/".join(quote(part, safe="~+@") for part in parts)
    return f"{location.scheme}://{netloc}/{path}"


def _path_parts(path: str) -> list[str]:
    parts = _without_git_suffix(path).split("/")
    if not _is_path(parts):
        raise BadAddress("no_repository_in_address")
    return parts


def _is_path(parts: list[str]) -> bool:
    return len(parts) <= MAX_PARTS and all(map(_is_path_part, parts))


def _without_git_suffix(path: str) -> str:
    return path.strip("/").removesuffix(".git").rstrip("/")


def _is_path_part(part: str) -> bool:
    return bool(PART.fullmatch(part) and part.strip(".")) and not part.startswith("-")


def _canonical_parts(parts: list[str], host: Host) -> list[str]:
    parts = parts[: host.max_parts]
    if host.lowercase:
        return [part.lower() for part in parts]
    return parts
