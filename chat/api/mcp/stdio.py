"""The Model Context Protocol over standard input and output, for one person at a terminal."""

from __future__ import annotations

import mcp.server.stdio

from chat import services
from chat.api.mcp.callers import AgentClient
from chat.api.mcp.server import build_server


async def serve(caller: AgentClient) -> None:
    """Answer until standard input ends."""
    server = build_server(caller)
    try:
        async with mcp.server.stdio.stdio_server() as (requests, replies):
            await server.run(requests, replies, server.create_initialization_options())
    finally:
        await services.providers().close()
