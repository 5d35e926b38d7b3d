"""OLLAMA_HOST in every form that Ollama's own programs take, as one address.

https://github.com/ollama/ollama/blob/main/docs/faq.md: host, host:port, an http(s) URL
with a path, IPv6 with or without brackets, or the address that the server listens on.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import SplitResult, urlsplit

DEFAULT_PORT = 11434
DEFAULT_HOST = "127.0.0.1"
# Where a server listens on every interface, and where it is reached on this machine.
LISTENED = {"0.0.0.0": DEFAULT_HOST, "::": "::1", "": DEFAULT_HOST}  # noqa: S104
SCHEMES = ("http", "https")
HOST = re.compile(r"[\w.\-]*|[0-9A-Fa-f:.]+")


def ollama_address(value: str) -> str:
    """The address without a slash at its end and without `/v1`; empty for an empty value.

    Without a port, 11434; behind https or with a path, that of the scheme. Raises ValueError for anything else; its
    text does not repeat the value, which may hold a password.
    """
    value = value.strip().strip("\"'").strip()
    if not value:
        return ""
    parts = _split(value)
    host, port = parts.hostname or "", parts.port
    is_usable = parts.scheme in SCHEMES and HOST.fullmatch(host) is not None
    if not is_usable or parts.query or parts.fragment or len(value.split()) > 1:
        raise ValueError("not an address of Ollama")
    path = re.sub("/{2,}", "/", parts.path).rstrip("/").removesuffix("/v1").rstrip("/")
    return f"{parts.scheme}://{_user(parts)}{_reached(host)}{_port(parts, port, path)}{path}"


def _split(value: str) -> SplitResult:
    if "://" not in value:
        value = f"http://{_bracketed(value)}"
    return urlsplit(value)


def _bracketed(value: str) -> str:
    """`::1` as `[::1]`; a host, or one in brackets, as it is."""
    host, slash, path = value.partition("/")
    try:
        IPv6Address(host)
    except AddressValueError:
        return value
    return f"[{host}]{slash}{path}"


def _user(parts: SplitResult) -> str:
    user, at, _ = parts.netloc.rpartition("@")
    return f"{user}{at}"


def _reached(host: str) -> str:
    host = LISTENED.get(host, host)
    return f"[{host}]" if ":" in host else host


def _port(parts: SplitResult, port: int | None, path: str) -> str:
    """The port with its colon; none for https or where a URL has a path: behind a proxy."""
    if port is not None:
        return f":{port}"
    return "" if parts.scheme == "https" or path else f":{DEFAULT_PORT}"
