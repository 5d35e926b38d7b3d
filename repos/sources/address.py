"""Repository addresses: one canonical spelling for each repository."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, unquote

from repos.sources.errors import BadAddress
from repos.sources.host import Host
from repos.sources.host_pages import NO_REVISION, NamedRevision
from repos.sources.hosts import BY_KIND, GIT, GITHUB, KINDS, LOCAL, host_of
from repos.sources.locations import Location, parse_location, uri_host
from repos.sources.pasted import Pasted, unwrap

__all__ = ["Address", "parse_address", "uri_host"]

MAX_CHARS = 1_000
MAX_PARTS = 12
DEFAULT_PORTS = {"https": 443, "http": 80}
# Unicode categories without a place in an address: controls, formats, surrogates, line and
# paragraph separators.
BAD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
SHORT_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9_.][A-Za-z0-9._-]{0,99}")
NESTED_FORM = re.compile(r"[\w~-]+/.+")
SHORT_REVISION = re.compile(r"(?P<short>[^@#]+)(?P<revision>[@#][^@#]+)?")
PART = re.compile(r"[\w.~ +@-]+", re.UNICODE)
PLACEHOLDER_HOST = "example"  # deepwiki-open's page writes it where it knows no address
GIT_SUFFIX = re.compile(r"(?:/?\.git|[./]+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """One repository: `url` is its canonical spelling, `name` its short name (`owner/repo`).

    A local folder has the kind `local`, its full path as `url` and no host name.
    `named_revision` is the revision that the address as typed names besides.
    """

    kind: str
    url: str
    name: str
    hostname: str = ""
    port: int = 0
    scheme: str = "https"
    named_revision: NamedRevision = field(default=NO_REVISION, compare=False)

    @property
    def is_local(self) -> bool:
        return self.kind == LOCAL

    @property
    def host(self) -> Host:
        """The kind of git host; a plain git server's rules for a local folder."""
        if self.is_local:
            return GIT
        return host_of(self.hostname, self.kind)

    def blob_url(self, commit: str, path: str, start: int = 0, end: int = 0) -> str:
        """The host's page of these lines at this commit, empty if the host has none."""
        return self.host.blob_url(self.url, commit, path, start, end)

    def blame_url(self, commit: str, path: str, start: int = 0, end: int = 0) -> str:
        """The host's page of who wrote these lines, empty if the host has none."""
        return self.host.blame_url(self.url, commit, path, start, end)


def parse_address(text: str, kind: str = "") -> Address:
    """Parse the address of a repository, or what people paste for one.

    `https://host[:port]/path[.git]`, `owner/repo`, the path of a local folder, a page of
    a known kind of host, an ssh address (read as the https address of the same host), a
    `git clone` command, a link. `kind` is the declared kind of host, empty if unknown.
    Raises BadAddress, also for an address with a password, so that none is ever stored.
    """
    text = unicodedata.normalize("NFC", text).strip()
    _check_characters(text)
    if kind and kind not in KINDS:
        raise BadAddress("unknown_kind", kinds=", ".join(KINDS))
    if kind == LOCAL or text.startswith(("/", "~/")):
        return _local_address(text)
    pasted = unwrap(text)
    kind = kind or pasted.kind
    location = parse_location(_full_form(pasted.address, kind))
    return _with_revision(_remote_address(location, kind), pasted)


def _check_characters(text: str) -> None:
    if not text:
        raise BadAddress("empty_address")
    if len(text) > MAX_CHARS or _has_bad_characters(text):
        raise BadAddress("bad_characters")


def _has_bad_characters(text: str) -> bool:
    return not BAD_CATEGORIES.isdisjoint(map(unicodedata.category, text))


def _local_address(text: str) -> Address:
    folder = _full_path(text)
    return Address(LOCAL, str(folder), folder.name or "/")


def _full_path(text: str) -> Path:
    """The path in `text`, `~` expanded, without links.

    Raises BadAddress if it is relative or no path; other people's home folders are not
    looked up.
    """
    if "\\" in text or not text.startswith(("/", "~/")):
        raise BadAddress("relative_folder")
    try:
        return Path(text).expanduser().resolve()
    except (OSError, RuntimeError, ValueError):  # links in a circle, a name too long
        raise BadAddress("relative_folder") from None


def _full_form(text: str, kind: str) -> str:
    """`text` with a host: that of the declared kind, or GitHub's, for `owner/repo`."""
    host = BY_KIND.get(kind, GITHUB)
    match = SHORT_REVISION.fullmatch(text)
    if not match or not host.domains:
        return text
    short, revision = match["short"].strip("/"), match["revision"] or ""
    if SHORT_FORM.fullmatch(short) or (kind and _is_nested_form(short, host)):
        return f"https://{host.domains[0]}/{short}{revision}"
    return text


def _is_nested_form(text: str, host: Host) -> bool:
    """Whether it is a path without a host: `group/subgroup/project`."""
    return host.max_parts is None and NESTED_FORM.fullmatch(text) is not None


def _remote_address(location: Location, kind: str) -> Address:
    if location.hostname == PLACEHOLDER_HOST:
        location = _at_public_service(location, kind)
    host = host_of(location.hostname, kind)
    location.check_user(host)
    location, pages = location.canonical(host), location.pages(host)
    path, revision = host.locate(location.pasted_url(host), pages)
    parts = _path_parts(path)
    if host.is_public(location.hostname):
        _check_length(parts, host)
        parts = parts[: host.max_parts]
    if host.at_sign_revision and "@" in parts[-1]:
        parts[-1], _, text = parts[-1].partition("@")
        revision = NamedRevision(text)
    if host.lowercase:
        parts = [part.lower() for part in parts]
    _check_parts(parts)
    return Address(
        kind=host.kind,
        url=_canonical_url(location, parts),
        name="/".join(parts),
        hostname=location.hostname,
        port=location.port or DEFAULT_PORTS[location.scheme],
        scheme=location.scheme,
        named_revision=revision,
    )


def _at_public_service(location: Location, kind: str) -> Location:
    """A placeholder host's address at the declared kind's own host. Raises BadAddress."""
    host = BY_KIND.get(kind, GITHUB)
    if not host.domains:
        raise BadAddress
    return replace(location, hostname=host.domains[0], port=None, scheme="https")


def _with_revision(address: Address, pasted: Pasted) -> Address:
    """A revision named by an option of a command counts before one in the address."""
    if not pasted.revision:
        return address
    return replace(address, named_revision=NamedRevision(pasted.revision))


def _check_length(parts: list[str], host: Host) -> None:
    if len(parts) < host.min_parts:
        raise BadAddress("only_owner_in_address")


def _canonical_url(location: Location, parts: list[str]) -> str:
    netloc = uri_host(location.hostname)
    if location.port not in (None, DEFAULT_PORTS[location.scheme]):
        netloc += f":{location.port}"
    path = "/".join(quote(part, safe="~+@") for part in parts)
    return f"{location.scheme}://{netloc}/{path}"


def _path_parts(path: str) -> list[str]:
    """The parts of a percent-encoded path, without an ending `.git`."""
    return _without_git_suffix(unicodedata.normalize("NFC", unquote(path))).split("/")


def _check_parts(parts: list[str]) -> None:
    if len(parts) > MAX_PARTS or not all(map(_is_path_part, parts)):
        raise BadAddress("no_repository_in_address")


def _without_git_suffix(path: str) -> str:
    shorter = GIT_SUFFIX.sub("", path)
    while shorter != path:
        path, shorter = shorter, GIT_SUFFIX.sub("", shorter)
    return path.lstrip("/")


def _is_path_part(part: str) -> bool:
    return bool(PART.fullmatch(part) and part.strip(".")) and not part.startswith("-")
