"""Repository addresses: one spelling for each repository, whatever a person pastes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from repos.sources.errors import BadAddress

HOSTS = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "bitbucket.org": "bitbucket",
    "codeberg.org": "gitea",
}
KINDS = ("github", "gitlab", "bitbucket", "gitea", "azure", "git", "local")
SHORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+", re.IGNORECASE)
PART = re.compile(r"[\w.~ +@-]+", re.UNICODE)
REVISION = re.compile(
    r"(?!-)(?!.*(\.\.|//|@\{|\.lock(/|$)))[^\x00-\x20\x7f~^:?*\[\\]{1,200}(?<![./])"
)
WEB_SUFFIX = re.compile(
    r"/(-/)?(tree|blob|commits?|src|pull|issues|merge_requests|wiki|releases|actions)(/.*)?$"
)


@dataclass(frozen=True)
class Address:
    """One repository. `url` is its canonical spelling; `name` is what people call it (`owner/repo`)."""

    kind: str
    url: str
    name: str
    host: str = ""
    port: int = 0
    scheme: str = "https"

    @property
    def is_local(self) -> bool:
        return self.kind == "local"

    def blob_url(self, commit: str, path: str, start: int = 0, end: int = 0) -> str:
        """Where the host shows these lines at this commit; empty when the host has no such page we know of."""
        file = quote(path)
        match self.kind:
            case "github":
                return f"{self.url}/blob/{commit}/{file}" + (f"#L{start}-L{end}" if start else "")
            case "gitlab":
                return f"{self.url}/-/blob/{commit}/{file}" + (f"#L{start}-{end}" if start else "")
            case "bitbucket":
                return f"{self.url}/src/{commit}/{file}" + (
                    f"#lines-{start}:{end}" if start else ""
                )
            case "gitea":
                return f"{self.url}/src/commit/{commit}/{file}" + (
                    f"#L{start}-L{end}" if start else ""
                )
            case "azure":
                lines = (
                    f"&line={start}&lineEnd={end + 1}&lineStartColumn=1&lineEndColumn=1"
                    if start
                    else ""
                )
                return f"{self.url}?path=/{file}&version=GC{commit}{lines}"
            case _:
                return ""


def parse_address(text: str, kind: str = "") -> Address:
    """Read `https://host[:port]/path[.git]`, `owner/repo`, or an absolute local folder.

    Credentials in an address are refused, so that none is ever stored. Raises BadAddress.
    """
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        raise BadAddress("Name a repository: an https address, owner/repo, or a registered folder.")
    if len(text) > 1_000 or any(
        unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in text
    ):
        raise BadAddress("This address holds characters that no repository address has.")
    if kind and kind not in KINDS:
        raise BadAddress(f"type must be one of {', '.join(KINDS)}.")
    if kind == "local" or text.startswith(("/", "~/")):
        return _local(text)
    if SHORT.fullmatch(text) and kind in ("", "github"):
        text = f"https://github.com/{text}"
    return _remote(text, kind)


def check_revision(text: str) -> str:
    """`text` if it may name a branch, tag or commit (git-check-ref-format), else BadAddress."""
    if not REVISION.fullmatch(text):
        raise BadAddress("This is not the name of a branch, tag or commit.")
    return text


def _local(text: str) -> Address:
    path = Path(text).expanduser()
    if not path.is_absolute() or "\\" in text:
        raise BadAddress("A local folder is named by its full path.")
    resolved = str(path.resolve())
    return Address("local", resolved, Path(resolved).name or "/")


def _remote(text: str, kind: str) -> Address:
    try:
        parts = urlsplit(text if "://" in text or text.startswith("git@") else f"https://{text}")
        host, port = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii"), parts.port
    except (ValueError, UnicodeError):
        raise BadAddress(
            "This is not a repository address. Use https://host/owner/repository."
        ) from None
    if parts.scheme not in ("https", "http"):
        raise BadAddress("Only https addresses of git repositories can be used.")
    if parts.username is not None or parts.password is not None:
        raise BadAddress(
            "Leave the user name and password out of the address; give a token in its own field."
        )
    if not HOST.fullmatch(host) or ("." not in host and host != "localhost" and ":" not in host):
        raise BadAddress("This is not a repository address. Use https://host/owner/repository.")
    path = WEB_SUFFIX.sub("", unquote(parts.path)).strip("/").removesuffix(".git").rstrip("/")
    pieces = path.split("/")
    if (
        not path
        or len(pieces) > 12
        or not all(PART.fullmatch(p) and p.strip(".") and p[0] != "-" for p in pieces)
    ):
        raise BadAddress("This address names no repository. Use https://host/owner/repository.")
    if host in HOSTS and len(pieces) < 2:
        raise BadAddress(
            "This address names an owner, not a repository. Use https://host/owner/repository."
        )
    if host in ("github.com", "www.github.com"):
        pieces, host = pieces[:2], "github.com"
    known = HOSTS.get(host) or (
        "azure" if host == "dev.azure.com" or host.endswith(".visualstudio.com") else ""
    )
    final = known or (
        kind
        if kind not in ("", "local") and (kind != "github" or "github" in host)
        else _guess(host)
    )
    if host in HOSTS:
        pieces = [
            piece.lower() for piece in pieces
        ]  # these hosts take names in any case: one spelling, one row
    default = 443 if parts.scheme == "https" else 80
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port in (None, default) else f"{shown}:{port}"
    url = f"{parts.scheme}://{netloc}/" + "/".join(quote(piece, safe="~+@") for piece in pieces)
    return Address(final, url, "/".join(pieces), host, port or default, parts.scheme)


def _guess(host: str) -> str:
    for word in ("github", "gitlab", "bitbucket", "gitea"):
        if word in host:
            return word
    return "git"
