"""A trial of one model: does it answer, how soon, and does it call tools?"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from chat.core.clean_stream import clean_stream
from chat.core.errors import ChatError, ToolsUnsupported, Unavailable
from chat.core.ports import Model, Text
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.core.tool_calls import ToolCall, ToolSpec
from chat.providers.base import Pieces
from chat.providers.registry import Providers

T = TypeVar("T")
Kind = type[Text] | type[ToolCall]
SECONDS = 20
PROMPT = Prompt("Answer with one word.", (Turn("user", "Say OK."),), (), "Say OK.", "en")
CLOCK = ToolSpec("current_time", "The time now. It takes no arguments.")
CALL = "Call the tool current_time."
TOOL_PROMPT = Prompt(
    "Call the tool before you answer.", (Turn("user", CALL),), (), CALL, "en", tools=(CLOCK,)
)


@dataclass(frozen=True)
class Trial:
    """What a model did: the time to its first word, and whether it called the tool offered."""

    model: str
    first_ms: int
    calls_tools: bool


async def check_model(providers: Providers, provider: str, model: str) -> tuple[bool, str]:
    """Ask a model for one word: did it answer, and a sentence for the admin.

    Closes the adapters of the running event loop, so run it on one of its own.
    """
    try:
        async with asyncio.timeout(SECONDS):
            return await _sentence(providers, provider, model)
    except TimeoutError:
        return False, f"no answer within {SECONDS} s."
    except ChatError as error:
        return False, error.message
    finally:
        await providers.close()


async def try_answer(providers: Providers, provider: str) -> Trial:
    """Ask a provider's default model for one word, and for one call of a tool.

    Raises ChatError. Closes the adapters of the running event loop, see check_model.
    """
    try:
        chosen = providers.choose(provider, "")
        first_ms = await _timed(_first_word_ms(providers, chosen))
        if first_ms is None:
            raise Unavailable("unreadable_reply")
        calls_tools = await _timed(_calls_tools(providers, chosen))
        return Trial(chosen.id, first_ms, bool(calls_tools))
    finally:
        await providers.close()


async def _timed(work: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(SECONDS):
            return await work
    except TimeoutError:
        raise Unavailable("silent_before_answer") from None


async def _sentence(providers: Providers, provider: str, model: str) -> tuple[bool, str]:
    return _in_words(await _first_word_ms(providers, providers.choose(provider, model)))


def _in_words(first_ms: int | None) -> tuple[bool, str]:
    if first_ms is None:
        return False, "an empty answer."
    return True, f"answers; first word after {first_ms} ms."


async def _first_word_ms(providers: Providers, model: Model) -> int | None:
    """Milliseconds until the first piece of text; None without one."""
    started_at = time.monotonic()
    stream = providers.adapter(model.provider).stream(PROMPT, model)
    if not await _has(clean_stream(stream), Text):
        return None
    return _ms_since(started_at)


def _ms_since(moment: float) -> int:
    return round((time.monotonic() - moment) * 1000)


async def _calls_tools(providers: Providers, model: Model) -> bool:
    stream = providers.adapter(model.provider).stream(TOOL_PROMPT, model)
    try:
        return await _has(clean_stream(stream), ToolCall)
    except ToolsUnsupported:
        return False


async def _has(stream: Pieces, kind: Kind) -> bool:
    """Reads until the first piece of a kind."""
    async with contextlib.aclosing(stream) as pieces:
        async for piece in pieces:
            if isinstance(piece, kind):
                return True
    return False
