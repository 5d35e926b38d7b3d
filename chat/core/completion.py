"""One call of the model: its pieces as events, within the limits, with its cost recorded."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from chat.core.attached import NO_ATTACHMENTS, Attachments
from chat.core.clean_stream import clean_stream
from chat.core.context_budget import estimate
from chat.core.errors import CutOff, Unavailable
from chat.core.events import Delta, Status
from chat.core.messages import format_message
from chat.core.ports import (
    AgentLimits,
    AnswerLimits,
    LengthLimit,
    Model,
    Piece,
    Provider,
    Retriever,
    Text,
    Thinking,
    Tokens,
    ToolSource,
)
from chat.core.prompt import Prompt
from chat.core.request import ChatRequest, Turn
from chat.core.tool_calls import ToolCall
from chat.core.usage_meter import UsageMeter

MAX_CALLS = 64  # of one turn, more than are ever carried out; what follows is not read
# While a model thinks, how often that is told.
THINKING_SECONDS = 5.0


@dataclass(frozen=True)
class AnswerContext:
    """One question with everything that answers it. `history` are the turns before it.

    The caller owns `meter` and reads the cost there, however the answer ends. Without
    `tools` nothing is answered by the agent.
    """

    request: ChatRequest
    history: Sequence[Turn]
    retriever: Retriever
    provider: Provider
    model: Model
    limits: AnswerLimits
    meter: UsageMeter = field(default_factory=UsageMeter)
    attachments: Attachments = NO_ATTACHMENTS
    tools: ToolSource | None = None
    agent_limits: AgentLimits = field(default_factory=AgentLimits)


@dataclass
class Completion:
    """One call of the model.

    Its cost is recorded also when it is cut, closed or fails. `calls` are those of tools
    that it made, at most MAX_CALLS. `is_answer`: its first token is that of the answer.
    """

    context: AnswerContext
    prompt: Prompt
    is_answer: bool = True
    text: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    chars: int = 0
    tokens: Tokens | None = None
    first_token_at: float | None = None  # monotonic
    is_cut: bool = False
    thinking: _ThinkingTime = field(default_factory=lambda: _ThinkingTime())

    async def events(self, max_chars: int) -> AsyncGenerator[Delta | Status]:
        """The pieces of the text, and how long the model has been thinking before it.

        Raises CutOff beyond the limits, Unavailable without any text or call.
        """
        provider, model, meter = self.context.provider, self.context.model, self.context.meter
        # Counted from here: the time that indexing took is not the model's.
        started_at = time.monotonic()
        deadline = started_at + self.context.limits.seconds - meter.model_seconds
        try:
            stream = clean_stream(provider.stream(self.prompt, model))
            async with contextlib.aclosing(stream) as pieces:
                async for piece in pieces:
                    event = self._event(piece)
                    if event is not None:
                        yield event
                    if len(self.calls) == MAX_CALLS:
                        break
                    if self.chars > max_chars or time.monotonic() > deadline:
                        raise CutOff("answer_too_long")
            self._check_text()
        finally:
            meter.add_model_seconds(time.monotonic() - started_at)
            if self.text or self.calls or self.tokens or self.thinking.has_begun:
                self._record()

    def _event(self, piece: Piece) -> Delta | Status | None:
        match piece:
            case Text(text):
                self._add(text)
                return Delta(text)
            case Tokens():
                self.tokens = piece
            case ToolCall():
                self.calls.append(piece)
            case LengthLimit():
                self.is_cut = True
            case Thinking():
                if not self.text:
                    return self.thinking.status()
        return None

    def _add(self, text: str) -> None:
        self.first_token_at = self.first_token_at or time.monotonic()
        self.text.append(text)
        self.chars += len(text)

    def _check_text(self) -> None:
        if self.text or self.calls:
            return
        if self.is_cut:
            raise CutOff("length_in_thoughts")
        raise Unavailable("only_thoughts" if self.thinking.has_begun else "empty_answer")

    def _record(self) -> None:
        tokens = self.tokens or self._estimated_tokens()
        meter = self.context.meter
        first_token_at = (self.is_answer and self.first_token_at) or None
        meter.record_usage(tokens.input_tokens, tokens.output_tokens, first_token_at)

    def _estimated_tokens(self) -> Tokens:
        if not self.context.provider.is_generative:
            return Tokens(None, None)
        calls = [call.arguments for call in self.calls]
        return estimate_tokens(self.prompt, "".join([*self.text, *calls]))


def estimate_tokens(prompt: Prompt, text: str) -> Tokens:
    """The tokens of a call whose service reports none."""
    return Tokens(sum(map(estimate, prompt.texts())), estimate(text))


class _ThinkingTime:
    """How long a model has been thinking, told every THINKING_SECONDS."""

    def __init__(self) -> None:
        self._began_at: float | None = None  # monotonic
        self._told_at = 0.0

    @property
    def has_begun(self) -> bool:
        return self._began_at is not None

    def status(self) -> Status | None:
        """What to tell now, if it is time to."""
        now = time.monotonic()
        if self._began_at is None:
            self._began_at = now
        elif now - self._told_at < THINKING_SECONDS:
            return None
        self._told_at = now
        seconds = round(now - self._began_at)
        return Status("thinking", format_message("thinking", {"seconds": seconds}), done=seconds)
