"""Tools of agents, called on this machine: what everybody signed in may read."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Any


class ToolRefused(Exception):
    """What was asked for cannot be given; the message says why."""


def call_tool(name: str, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The text and the data of a tool's result. Raises ToolRefused."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deepwiki.settings")
    import django

    django.setup()
    return asyncio.run(_call(name, arguments))


async def _call(name: str, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    from chat.api.mcp.callers import Operator
    from chat.api.mcp.calls import call_tool as carry_out
    from chat.api.mcp.tool import CallRequest

    outcome = await carry_out(name, CallRequest(Operator(), arguments, _unheard))
    if outcome.is_error:
        raise ToolRefused(outcome.text)
    return outcome.text, dict(outcome.data or {})


async def _unheard(message: str) -> None:
    """Progress is not shown."""
