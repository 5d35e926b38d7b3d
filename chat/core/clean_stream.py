"""The text of a model as the rest of the program may rely on it: clean, without reasoning,
and never empty."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Iterator

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
    text_filter = _TextFilter()
    try:
        async with contextlib.aclosing(pieces):
            async for piece in pieces:
                if isinstance(piece, Text):
                    for readable in text_filter.feed(piece.text):
                        yield readable
                else:
                    yield piece
    except ProviderError:
        for readable in text_filter.finish():
            yield readable
        raise
    for readable in text_filter.finish():
        yield readable


class _TextFilter:
    def __init__(self) -> None:
        self._cleaner = TextCleaner()
        self._reasoning = ReasoningFilter()

    def feed(self, text: str) -> Iterator[Piece]:
        shown = self._reasoning.feed(self._cleaner.feed(text))
        if shown:
            yield Text(shown)
        elif self._reasoning.hides:
            yield Thinking()

    def finish(self) -> Iterator[Piece]:
        shown = self._reasoning.feed(self._cleaner.finish()) + self._reasoning.finish()
        if shown:
            yield Text(shown)
