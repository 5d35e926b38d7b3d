"""The text of a model as the rest of the program may rely on it: clean, without reasoning,
and never empty."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

from chat.core.errors import ProviderError
from chat.core.ports import Piece, Text, Thinking
from chat.core.reasoning import ReasoningFilter
from deepwiki.foundation.text import TextCleaner

Pieces = AsyncGenerator[Piece]


async def clean_stream(pieces: Pieces) -> Pieces:
    """The pieces of a provider with clean text, see `TextCleaner`; those without are left out.

    Reasoning inside the text becomes Thinking. Where the provider fails, what came
    before is complete. Closing the generator closes `pieces`.
    """
    cleaner, reasoning = TextCleaner(), ReasoningFilter()
    try:
        async with contextlib.aclosing(pieces):
            async for piece in pieces:
                if not isinstance(piece, Text):
                    yield piece
                elif text := reasoning.feed(cleaner.feed(piece.text)):
                    yield Text(text)
                elif reasoning.hides:
                    yield Thinking()
    except ProviderError:
        if text := _rest(cleaner, reasoning):
            yield Text(text)
        raise
    if text := _rest(cleaner, reasoning):
        yield Text(text)


def _rest(cleaner: TextCleaner, reasoning: ReasoningFilter) -> str:
    return reasoning.feed(cleaner.finish()) + reasoning.finish()
