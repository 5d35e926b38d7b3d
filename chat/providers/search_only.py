"""Search without a language model: the passages themselves as Markdown, best first.

The default when no key is set. It runs through the same pipeline as every other provider.
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncGenerator
from pathlib import Path

from chat.core.ports import Model, Text, Tokens
from chat.core.prompt import Prompt, PromptPassage
from chat.providers.base import ProviderConfig

SHOWN_PASSAGES = 8
SHOWN_LINES = 24
SPARE_LINES = 3  # so few are shown rather than counted
# Answer language -> {"heading", "nothing"}.
SENTENCES: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text("utf-8")
)


class SearchOnly:
    """Writes the passages of the prompt: excerpts of the first, citations of the others."""

    is_generative = False

    def __init__(self, config: ProviderConfig | None = None) -> None:
        """It has no settings."""

    async def stream(self, prompt: Prompt, model: Model) -> AsyncGenerator[Text | Tokens]:
        """See Provider."""
        sentences = SENTENCES.get(prompt.language, SENTENCES["en"])
        if not prompt.passages:
            yield Text(f"{sentences['nothing']}\n")
            return
        yield Text(f"{sentences['heading']}\n")
        for number, passage in enumerate(prompt.passages[:SHOWN_PASSAGES], 1):
            await asyncio.sleep(0)
            yield Text(excerpt(number, passage))
        others = prompt.passages[SHOWN_PASSAGES:]
        if others:
            citations = "\n".join(f"- `{passage.cite}`" for passage in others)
            yield Text(f"\n{citations}\n")

    async def close(self) -> None:
        """Nothing is open."""


def excerpt(number: int, passage: PromptPassage) -> str:
    """One passage as an item of a Markdown list: citation, symbol, code block."""
    lines = passage.text.split("\n")
    shown = lines
    more = ""
    if len(lines) > SHOWN_LINES + SPARE_LINES:
        shown = lines[:SHOWN_LINES]
        more = f"\n… {len(lines) - SHOWN_LINES} more lines"
    symbol = f" `{passage.symbol}`" if passage.symbol and "`" not in passage.symbol else ""
    language = passage.language if passage.language != "text" else ""
    body = "\n".join(shown)
    fence = _fence_for(body)
    heading = f"{number}. `{passage.cite}`{symbol}"
    return f"\n{heading}\n\n{fence}{language}\n{body}{more}\n{fence}\n"


def _fence_for(code: str) -> str:
    """A fence of backticks longer than any inside the code."""
    fence = "```"
    while fence in code:
        fence += "`"
    return fence
