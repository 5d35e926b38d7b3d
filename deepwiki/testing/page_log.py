"""What a page of a browser test did, for the report of a test that fails."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

BODY_CHARS = 3_000
SERVER_LOG_LINES = 60
SERVER_LOG_BYTES = 20_000
MOST_EVENTS = 200
MOST_URL_CHARS = 200
READ_MS = 2_000  # a page whose script is busy does not answer
FAILED_STATUS = 400
PAGE_LOGS = pytest.StashKey[list["PageLog"]]()  # those of a test's pages


class PageLog:
    """Follows a page from when it was made; `server_log` is where its server writes."""

    def __init__(self, page: Any, server_log: Path | None = None) -> None:
        self._page = page
        self._server_log = server_log
        self._began = time.monotonic()
        self._events: list[str] = []
        self._open_requests: dict[Any, str] = {}
        page.on("console", lambda message: self._add(f"console {message.type}: {message.text}"))
        page.on("pageerror", lambda error: self._add(f"script error: {error}"))
        page.on("framenavigated", lambda frame: self._add(f"went to {_short(frame.url)}"))
        page.on("crash", lambda _: self._add("the page crashed"))
        page.on("websocket", self._follow_socket)
        page.on("request", self._begin)
        page.on("response", self._check)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._fail)

    def report(self) -> str:
        """Address, events in order, requests under way, text of the page, end of the server's log."""
        parts = {
            "Address": self._page.url,
            "Events": "\n".join(self._events) or "none",
            "Requests under way": "\n".join(self._open_requests.values()) or "none",
            "Text": self._text(),
            "Server's log": self._end_of_server_log(),
        }
        return "\n\n".join(f"{name}:\n{text}" for name, text in parts.items())

    def _add(self, event: str) -> None:
        if len(self._events) == MOST_EVENTS:
            del self._events[MOST_EVENTS // 2]  # the first ones tell how it began
        self._events.append(f"{time.monotonic() - self._began:8.3f} s  {event}")

    def _begin(self, request: Any) -> None:
        name = f"{request.method} {_short(request.url)}"
        self._open_requests[request] = f"{name}, since {time.monotonic() - self._began:.3f} s"
        if not _is_static(request):
            self._add(f"request {name}")

    def _check(self, response: Any) -> None:
        failed = response.status >= FAILED_STATUS
        if failed or not _is_static(response.request):
            self._add(f"response {response.status} {_short(response.url)}")

    def _end(self, request: Any) -> None:
        self._open_requests.pop(request, None)

    def _fail(self, request: Any) -> None:
        self._open_requests.pop(request, None)
        self._add(f"request failed: {request.failure} {_short(request.url)}")

    def _follow_socket(self, socket: Any) -> None:
        self._add(f"socket opened {_short(socket.url)}")
        socket.on("close", lambda _: self._add(f"socket closed {_short(socket.url)}"))
        socket.on("socketerror", lambda error: self._add(f"socket error: {error}"))

    def _text(self) -> str:
        try:
            return str(self._page.locator("body").inner_text(timeout=READ_MS))[:BODY_CHARS]
        except Exception as exc:  # closed, crashed, busy
            return f"cannot be read: {exc}"

    def _end_of_server_log(self) -> str:
        if self._server_log is None:
            return "unknown"
        with self._server_log.open("rb") as log:
            size = log.seek(0, 2)
            log.seek(max(0, size - SERVER_LOG_BYTES))
            text = log.read().decode(errors="replace")
        return "\n".join(text.splitlines()[-SERVER_LOG_LINES:])


def follow_page(request: pytest.FixtureRequest, page: Any, server_log: Path | None = None) -> None:
    """Tell what this page did with the report of the test, should it fail."""
    request.node.stash.setdefault(PAGE_LOGS, []).append(PageLog(page, server_log))


def _is_static(request: Any) -> bool:
    return "/static/" in request.url


def _short(url: str) -> str:
    return url[:MOST_URL_CHARS]
