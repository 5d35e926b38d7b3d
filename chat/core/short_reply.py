"""A few words from a model, in one bounded call beside the answer: search terms, a title."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace

from chat.core.clean_stream import clean_stream
from chat.core.completion import estimate_tokens
from chat.core.ports import Model, Piece, Provider, Text, Tokens
from chat.core.prompt import Prompt

OUTPUT_TOKENS = 120
THINKING_TOKENS = 2_000
MAX_CHARS = 400


async def short_reply(
    provider: Provider, model: Model, prompt: Prompt, seconds: float
) -> tuple[str, Tokens]:
    """The model's words on one line, MAX_CHARS at most, and what they took.

    Raises the ProviderError family, TimeoutError.
    """
    stream = clean_stream(provider.stream(prompt, _short_output(model)))
    async with asyncio.timeout(seconds):
        text, tokens = await _collect(stream)
    return text[:MAX_CHARS], tokens or estimate_tokens(prompt, text)


def _short_output(model: Model) -> Model:
    """The model with room for the words, and for the thoughts before them."""
    tokens = THINKING_TOKENS if model.thinks else OUTPUT_TOKENS
    return replace(model, output=min(tokens, model.output))


async def _collect(stream: AsyncGenerator[Piece]) -> tuple[str, Tokens | None]:
    """Text up to about MAX_CHARS, and the token counts where they came before."""
    text = ""
    tokens: Tokens | None = None
    async with contextlib.aclosing(stream) as pieces:
        async for piece in pieces:
            if isinstance(piece, Tokens):
                tokens = piece
            elif isinstance(piece, Text):
                text += piece.text
            if len(text) > MAX_CHARS:
                break
    return text, tokens
