"""What answers where a model turns out to take no tools."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import TypeVar

from chat.core.completion import AnswerContext
from chat.core.errors import ToolsUnsupported

T = TypeVar("T")


async def unless_refused(
    context: AnswerContext,
    with_tools: AsyncGenerator[T],
    without_tools: Callable[[], AsyncGenerator[T]],
) -> AsyncGenerator[T]:
    """The items of `with_tools`; where it raises ToolsUnsupported, then those of the other."""
    try:
        async with contextlib.aclosing(with_tools) as items:
            async for item in items:
                yield item
        return
    except ToolsUnsupported:
        context.meter.agent_events["no_tools"] += 1
    async with contextlib.aclosing(without_tools()) as items:
        async for item in items:
            yield item
