"""A trial of one model: does it answer, and how soon?"""

from __future__ import annotations

import asyncio
import contextlib
import time

from chat.core.clean_stream import clean_stream
from chat.core.errors import ChatError
from chat.core.ports import Text
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.providers.base import Pieces
from chat.providers.registry import Providers

SECONDS = 20
PROMPT = Prompt("Answer with one word.", (Turn("user", "Say OK."),), (), "Say OK.", "en")


async def check_model(providers: Providers, provider: str, model: str) -> tuple[bool, str]:
    """Ask a model for one word: did it answer, and a sentence for the admin.

    Closes the adapters of the running event loop, so run it on one of its own.
    """
    try:
        async with asyncio.timeout(SECONDS):
            return await _first_word(providers, provider, model)
    except TimeoutError:
        return False, f"no answer within {SECONDS} s."
    except ChatError as error:
        return False, error.message
    finally:
        await providers.close()


async def _first_word(providers: Providers, provider: str, model: str) -> tuple[bool, str]:
    started_at = time.monotonic()
    chosen = providers.choose(provider, model)
    stream = providers.adapter(chosen.provider).stream(PROMPT, chosen)
    if not await _has_text(clean_stream(stream)):
        return False, "an empty answer."
    ms = round((time.monotonic() - started_at) * 1000)
    return True, f"answers; first word after {ms} ms."


async def _has_text(stream: Pieces) -> bool:
    """Reads until the first piece of text."""
    async with contextlib.aclosing(stream) as pieces:
        async for piece in pieces:
            if isinstance(piece, Text):
                return True
    return False
