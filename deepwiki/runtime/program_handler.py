"""Requests of programs under `/v1`, `/api/v1` and `/slack`, without the middleware that pages need.

Sessions, CSRF tokens, languages, messages and static files mean nothing there, and each of those
layers costs a change of thread: together a third of the time until the first piece of an answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.exception import convert_exception_to_response

from deepwiki.foundation.json_errors import json_error_middleware
from deepwiki.foundation.middleware import (
    forwarded_headers_middleware,
    no_nul_middleware,
    request_id_middleware,
)

PATHS = ("/v1/", "/api/v1/", "/slack/")
# The outermost first. Each of them takes asynchronous views as they are.
MIDDLEWARE = (
    forwarded_headers_middleware,
    request_id_middleware,
    json_error_middleware,
    no_nul_middleware,
)
Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class ProgramHandler(ASGIHandler):
    """Django's handler with those layers alone. The views check hosts, origins and methods."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=True)

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's
        """See BaseHandler."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler: Any = convert_exception_to_response(self._get_response_async)  # type: ignore[attr-defined]
        for middleware in reversed(MIDDLEWARE):
            handler = convert_exception_to_response(middleware(handler))
        self._middleware_chain = handler


class ProgramPaths:
    """Gives requests of programs to their handler, all others to the application."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._programs = ProgramHandler()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        handler = self._programs if path.startswith(PATHS) else self.application
        await handler(scope, receive, send)
