"""Calls of tools as a model makes them, in tests."""

from __future__ import annotations

import json
from typing import Any

from chat.core.ports import Toolbox, ToolResult
from chat.core.tool_calls import ToolCall


async def call(
    toolbox: Toolbox, tool: str, arguments: str | None = None, **values: Any
) -> ToolResult:
    """The result of one call; `arguments` is its JSON text where that is not of `values`."""
    text = json.dumps(values) if arguments is None else arguments
    return await toolbox.call(ToolCall("call-1", tool, text))


def lines_of(result: ToolResult) -> list[tuple[str, int, int]]:
    """The passages of a result: path, first and last line."""
    return [(passage.path, passage.start, passage.end) for passage in result.passages]
