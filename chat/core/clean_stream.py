"""The text of a model as the rest of the program may rely on it: clean, and never empty."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

from chat.core.ports import Text, Tokens
from deepwiki.foundation.text import TextCleaner

Pieces = AsyncGenerator[Text | Tokens]


async def clean_stream(pieces: Pieces) -> Pieces:
    """The pieces of a provider with clean text, see `TextCleaner`; those without are left out.

    Closing the generator closes `pieces`.
    """
    cleaner = TextCleaner()
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            if not isinstance(piece, Text):
                yield piece
            elif text := cleaner.feed(piece.text):
                yield Text(text)
    if text := cleaner.finish():
        yield Text(text)
