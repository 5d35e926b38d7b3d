"""Asks the language model of the settings, from a worker, and counts what it takes."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

from django.conf import settings

from chat.core.clean_stream import clean_stream
from chat.core.context_budget import estimate
from chat.core.errors import CutOff
from chat.core.ports import LengthLimit, Model, Text, Tokens
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.services.configuration import providers, refreshed_providers

MAX_ANSWER_CHARS = 60_000


def translating_model() -> Model | None:
    """The model that translates: the default one; None where none writes texts."""
    known = refreshed_providers()
    model = known.choose("", "")
    return model if known.is_generative(model.provider) else None


@dataclass
class ModelAnswers:
    """Asks a model, within `max_tokens` for all calls. Raises the ChatError family."""

    model: Model
    max_tokens: int
    input_tokens: int = 0
    output_tokens: int = 0
    _parts: list[str] = field(default_factory=list)

    def __call__(self, instructions: str, text: str) -> str:
        """The answer; empty once `max_tokens` are spent."""
        if self.input_tokens + self.output_tokens >= self.max_tokens:
            return ""
        prompt = Prompt(instructions, (Turn("user", text),), (), text, "en")
        return asyncio.run(self._answer(prompt))

    async def _answer(self, prompt: Prompt) -> str:
        known = providers()
        try:
            async with asyncio.timeout(settings.ANSWER_SECONDS):
                return await self._read(prompt)
        except TimeoutError:
            raise CutOff("answer_too_long") from None
        finally:
            await known.close()

    async def _read(self, prompt: Prompt) -> str:
        """The text up to the model's limit: parts that are cut are not translated."""
        self._parts, tokens = [], None
        stream = clean_stream(providers().adapter(self.model.provider).stream(prompt, self.model))
        try:
            async with contextlib.aclosing(stream) as pieces:
                async for piece in pieces:
                    match piece:
                        case Text(text):
                            self._parts.append(text)
                        case Tokens():
                            tokens = piece
                        case LengthLimit():
                            self._cut_last_part()
                    if sum(map(len, self._parts)) > MAX_ANSWER_CHARS:
                        raise CutOff("answer_too_long")
        finally:
            self._count(prompt, tokens)
        return "".join(self._parts)

    def _cut_last_part(self) -> None:
        text = "".join(self._parts)
        self._parts = [text[: text.rfind("[[")]] if "[[" in text else []

    def _count(self, prompt: Prompt, tokens: Tokens | None) -> None:
        """What the service says; estimates where it says nothing."""
        read = tokens.input_tokens if tokens else None
        written = tokens.output_tokens if tokens else None
        self.input_tokens += sum(map(estimate, prompt.texts())) if read is None else read
        self.output_tokens += estimate("".join(self._parts)) if written is None else written
