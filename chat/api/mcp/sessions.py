"""The SDK's session manager of this process: begun with the first request, ended with the process.

It takes 37 MB, which a process without agents does not spend.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings

from chat.runs import keep

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

logger = logging.getLogger(__name__)


class AgentSessions:
    """The session manager of each event loop: one, but for tests."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._manager: asyncio.Future[StreamableHTTPSessionManager]
        self._ends: asyncio.Event
        self._task: asyncio.Task[None]

    async def handle(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer an HTTP request."""
        manager = await self._running()
        await manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End the requests that are being answered, and the manager of this loop."""
        if self._loop is asyncio.get_running_loop():
            self._ends.set()
            await self._task
        self._loop = None

    async def _running(self) -> StreamableHTTPSessionManager:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._ends = loop, asyncio.Event()
            self._manager = loop.create_future()
            self._task = keep(self._run(self._manager, self._ends))
        return await asyncio.shield(self._manager)

    async def _run(
        self, manager: asyncio.Future[StreamableHTTPSessionManager], ends: asyncio.Event
    ) -> None:
        """Hold the manager's task group open, which its own task has to close again."""
        try:
            made = await asyncio.to_thread(_make_manager)
        except Exception as error:
            self._loop = None  # the next request tries again
            manager.set_exception(error)
            return
        async with made.run():
            manager.set_result(made)
            await ends.wait()


def _make_manager() -> StreamableHTTPSessionManager:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from chat.api.mcp.server import build_server

    # Hosts and origins have been checked by the rules of the whole site, see endpoint.py, which
    # know names with wildcards.
    return StreamableHTTPSessionManager(
        build_server(), stateless=True, max_request_body_size=settings.MESSAGE_BYTES
    )


sessions = AgentSessions()
