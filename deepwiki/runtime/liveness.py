"""/healthz: the process answers.

It is answered before Django: each of Django's middleware changes the thread, and every change
waits for the interpreter while answers are rendered or stored.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

PATH = "/healthz"
BODY = b'{"status": "ok"}'
METHODS = ("GET", "HEAD")
HEADERS = [
    (b"content-type", b"application/json"),
    (b"content-length", b"%d" % len(BODY)),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Liveness:
    """Wraps an ASGI application and answers /healthz, with the path prefix or without it."""

    def __init__(self, application: Application, prefix: str) -> None:
        self.application = application
        self.paths = (PATH, f"{prefix}{PATH}")

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if not self._is_asked(scope):
            await self.application(scope, receive, send)
        elif scope["method"] in METHODS:
            await _send_alive(send, has_body=scope["method"] == "GET")
        else:
            await _send_not_allowed(send)

    def _is_asked(self, scope: dict[str, Any]) -> bool:
        return scope["type"] == "http" and scope["path"] in self.paths


async def _send_alive(send: Any, *, has_body: bool) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY if has_body else b""})


async def _send_not_allowed(send: Any) -> None:
    headers = [(b"allow", b"GET, HEAD"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 405, "headers": headers})
    await send({"type": "http.response.body"})
