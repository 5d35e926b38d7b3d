"""Asks the language model of the settings for translations, from a worker."""

from __future__ import annotations

from dataclasses import dataclass

from chat.core.ports import Model
from chat.services.configuration import refreshed_providers
from deepwiki.wiki.writing.call_budget import CapReached
from deepwiki.wiki.writing.model_calls import Instruction, ModelCaller, ModelReply

OUTPUT_FACTOR = 3  # tokens of a translation at most, for each of the text
LEAST_OUTPUT = 500


def translating_model() -> Model | None:
    """The model that translates: the default one; None where none writes texts."""
    known = refreshed_providers()
    model = known.choose("", "")
    return model if known.is_generative(model.provider) else None


@dataclass(frozen=True)
class ModelAnswers:
    """The answers of a model: `Ask` for `translate_page`. Raises CallFailed, CallStopped."""

    caller: ModelCaller

    def __call__(self, instructions: str, text: str) -> str:
        """The answer; empty once the budget leaves no room."""
        room = LEAST_OUTPUT + OUTPUT_FACTOR * self.caller.model.count(text)
        try:
            return _whole_parts(self.caller.ask(Instruction(instructions, text, max_tokens=room)))
        except CapReached:
            return ""


def _whole_parts(reply: ModelReply) -> str:
    """The text without a part that the limit has cut."""
    if not reply.is_cut:
        return reply.text
    return reply.text[: max(0, reply.text.rfind("[["))]
