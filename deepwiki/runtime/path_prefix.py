"""Serving under the path of the public address, such as `https://host.example/wiki`.

Django, Channels and the static files read the prefix from the scope's `root_path`. A
proxy may pass requests on with the prefix or without it; health checks come without it.
What a client says about the prefix itself (daphne believes a header) counts for nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.urls import set_script_prefix

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class PathPrefix:
    """Wraps an ASGI application; `prefix` is empty or begins with a slash and ends with none."""

    def __init__(self, application: Application, prefix: str) -> None:
        self.application = application
        self.prefix = prefix

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket"):
            path = self._prefixed(scope["path"])
            scope = {**scope, "root_path": self.prefix, "path": path}
            # Django sets it for HTTP requests only; addresses are made at sockets too.
            set_script_prefix(f"{self.prefix}/")
        await self.application(scope, receive, send)

    def _prefixed(self, path: str) -> str:
        if path == self.prefix or path.startswith(f"{self.prefix}/"):
            return path
        return f"{self.prefix}{path}"
