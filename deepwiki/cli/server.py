"""A DeepWiki server elsewhere, spoken to with an API token."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from deepwiki.cli.event_lines import NotEvents, read_events

CONNECT_SECONDS = 10.0
READ_SECONDS = 180.0  # between two pieces of an answer
MAX_REPLY_BYTES = 8_000_000
STREAM = "chat/completions/stream?events=1"
TOOLS = "mcp"
REST = "api/v1"
ACCEPT_TOOLS = "application/json, text/event-stream"
STATUSES = {
    401: "The server wants a token: set DEEPWIKI_TOKEN, or give --token.",
    403: "The server refuses this token.",
    404: "There is nothing of DeepWiki at this address.",
    413: "The question is too large for the server.",
    429: "The server asks to wait. Try again in a moment.",
}


class ServerError(Exception):
    """The server cannot be reached or refuses; the message says what to do."""


@dataclass(frozen=True)
class Server:
    """The address without a slash at its end; `token` may be empty where strangers are let in."""

    address: str
    token: str = field(default="", repr=False)

    def ask(self, body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The events of an answer. Leaving the iterator stops it. Raises ServerError."""
        headers = {**self._headers(), "Accept": "text/event-stream"}
        try:
            with (
                _client() as client,
                client.stream("POST", self._url(STREAM), json=body, headers=headers) as reply,
            ):
                _check(reply)
                yield from read_events(reply.iter_lines())
        except (httpx2.HTTPError, httpx2.InvalidURL):
            raise ServerError(f"{self.address} does not answer.") from None
        except NotEvents:
            raise ServerError(STATUSES[404]) from None

    def call_tool(self, name: str, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The text and the data of a tool's result. Raises ServerError."""
        message = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": name, "arguments": arguments},
        }
        headers = {**self._headers(), "Accept": ACCEPT_TOOLS}
        try:
            with (
                _client() as client,
                client.stream("POST", self._url(TOOLS), json=message, headers=headers) as reply,
            ):
                _check(reply)
                return _result(_message(reply))
        except (httpx2.HTTPError, httpx2.InvalidURL):
            raise ServerError(f"{self.address} does not answer.") from None
        except (NotEvents, KeyError, TypeError, ValueError):
            raise ServerError(STATUSES[404]) from None

    def rest(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **query: str | int
    ) -> dict[str, Any]:
        """What an operation of the REST interface answers. Raises ServerError."""
        url = self._url(f"{REST}/{path}")
        sent: Mapping[str, Any] = {} if body is None else body
        try:
            with (
                _client() as client,
                client.stream(
                    method,
                    url,
                    params=query,
                    json=None if method == "GET" else sent,
                    headers=self._headers(),
                ) as reply,
            ):
                _check(reply)
                return dict(json.loads(_bounded_text(reply)))
        except (httpx2.HTTPError, httpx2.InvalidURL):
            raise ServerError(f"{self.address} does not answer.") from None
        except (TypeError, ValueError):
            raise ServerError(STATUSES[404]) from None

    def _url(self, path: str) -> str:
        return f"{self.address.rstrip('/')}/{path}"

    def _headers(self) -> dict[str, str]:
        if not self.token:
            return {}
        return {"Authorization": f"Bearer {self.token}"}


def _client() -> httpx2.Client:
    timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    return httpx2.Client(timeout=timeout, follow_redirects=False)


def _check(reply: httpx2.Response) -> None:
    """Raises ServerError for anything but success."""
    if reply.is_success:
        return
    reply.read()
    raise ServerError(_detail(reply) or STATUSES.get(reply.status_code) or _unknown(reply))


def _detail(reply: httpx2.Response) -> str:
    """The server's own words, where it sent some as JSON."""
    try:
        detail = reply.json()["detail"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return str(detail)[:1_000]


def _unknown(reply: httpx2.Response) -> str:
    return f"The server answered with status {reply.status_code}."


def _message(reply: httpx2.Response) -> dict[str, Any]:
    """The last message of a stream, or the body."""
    text = _bounded_text(reply)
    if reply.headers.get("content-type", "").startswith("text/event-stream"):
        return list(read_events(text.splitlines()))[-1]
    return dict(json.loads(text))


def _bounded_text(reply: httpx2.Response) -> str:
    content = bytearray()
    for piece in reply.iter_bytes():
        content += piece
        _check_length(len(content))
    return content.decode("utf-8", "replace")


def _check_length(length: int) -> None:
    if length > MAX_REPLY_BYTES:
        raise NotEvents("a reply is too large")


def _result(message: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if "error" in message:
        raise ServerError(str(message["error"]["message"])[:1_000])
    result = message["result"]
    text = "".join(part.get("text", "") for part in result["content"])
    if result.get("isError"):
        raise ServerError(text)
    return text, dict(result.get("structuredContent") or {})
