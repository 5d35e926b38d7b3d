"""One completion: fit the content into the context, prompt, stream, record the cost."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

from chat.core.clean_stream import clean_stream
from chat.core.context_budget import FittedContent, estimate, fit
from chat.core.errors import ContextTooLong, CutOff, Unavailable
from chat.core.events import Delta, Event, Notice, Status
from chat.core.messages import format_message
from chat.core.ports import (
    AnswerLimits,
    LengthLimit,
    Model,
    Piece,
    Provider,
    Retrieved,
    Retriever,
    Text,
    Thinking,
    Tokens,
)
from chat.core.prompt import Prompt, PromptContent, build_prompt
from chat.core.request import ChatRequest, Turn
from chat.core.research_rounds import ResearchRound
from chat.core.usage_meter import UsageMeter

# While a model thinks, how often that is told.
THINKING_SECONDS = 5.0


@dataclass(frozen=True)
class AnswerContext:
    """One question with everything that answers it. `history` are the turns before it.

    The caller owns `meter` and reads the cost there, however the answer ends.
    """

    request: ChatRequest
    history: Sequence[Turn]
    retriever: Retriever
    provider: Provider
    model: Model
    limits: AnswerLimits
    meter: UsageMeter = field(default_factory=UsageMeter)


@dataclass(frozen=True)
class RoundInput:
    """One retrieval and completion: a whole plain answer, or a round of research.

    `query` is searched for, `question` stands in the prompt. `research` is None for a
    plain answer. `previous` are the retrievals of earlier rounds of the same answer,
    `written` the characters that they wrote.
    """

    question: str
    query: str
    passage_limit: int
    history: Sequence[Turn]
    research: ResearchRound | None = None
    previous: tuple[Retrieved, ...] = ()
    written: int = 0

    @property
    def template(self) -> str:
        """The prompt file in chat/prompts, without its ending."""
        return self.research.template if self.research else "answer"

    @property
    def variables(self) -> Mapping[str, str]:
        """The template's variables besides those of every prompt."""
        return self.research.variables if self.research else {}


@dataclass(frozen=True)
class RoundResult:
    """The last item of a round: its text, and what it rests on.

    `is_cut`: the text ends at the model's limit of output.
    """

    text: str
    retrieved: Retrieved
    from_cache: bool = False
    is_cut: bool = False


def generate(
    context: AnswerContext, round_input: RoundInput, retrieved: Retrieved
) -> AsyncGenerator[Event | RoundResult]:
    """Delta, Status and Notice events, then the RoundResult. Raises the ChatError family."""
    return _Generation(context, round_input, retrieved).events()


@dataclass(frozen=True)
class _Generation:
    """The completion of one round, tried again where the prompt was too long."""

    context: AnswerContext
    round_input: RoundInput
    retrieved: Retrieved

    async def events(self) -> AsyncGenerator[Event | RoundResult]:
        text: list[str] = []
        full_window = self.context.model.context
        for window in (full_window, full_window // 2):
            content = await self._fit(window)
            if content.left_out:
                yield Notice.of("context_trimmed", parts=", ".join(content.left_out))
            completion = _Completion(self.context, self._prompt(content))
            try:
                async with contextlib.aclosing(completion.events(self._max_chars())) as events:
                    async for event in events:
                        if isinstance(event, Delta):
                            text.append(event.text)
                        yield event
                break
            except ContextTooLong:
                if window != full_window:
                    raise
                yield Notice.of("context_retry")
        if completion.is_cut:
            yield Notice.of("length_limit")
        yield RoundResult("".join(text), self.retrieved, is_cut=completion.is_cut)

    async def _fit(self, window: int) -> FittedContent:
        """Counted exactly only where the estimate leaves something out, and in a thread."""
        round_input, retrieved, model = self.round_input, self.retrieved, self.context.model
        content = PromptContent(
            round_input.question, retrieved.passages, round_input.history, retrieved.file
        )
        fitted = fit(content, context=window, output=model.output)
        if not fitted.left_out or model.count is estimate:
            return fitted
        return await asyncio.to_thread(
            fit, content, context=window, output=model.output, count=model.count
        )

    def _prompt(self, content: PromptContent) -> Prompt:
        return build_prompt(
            self.round_input.template,
            content,
            repository=self.retrieved.repository,
            language=self.context.request.language,
            **self.round_input.variables,
        )

    def _max_chars(self) -> int:
        return self.context.limits.chars - self.round_input.written


@dataclass
class _Completion:
    """One call of the model.

    Its cost is recorded also when it is cut, closed or fails.
    """

    context: AnswerContext
    prompt: Prompt
    text: list[str] = field(default_factory=list)
    chars: int = 0
    tokens: Tokens | None = None
    first_token_at: float | None = None  # monotonic
    is_cut: bool = False
    thinking: _ThinkingTime = field(default_factory=lambda: _ThinkingTime())

    async def events(self, max_chars: int) -> AsyncGenerator[Delta | Status]:
        """The pieces of the text, and how long the model has been thinking before it.

        Raises CutOff beyond the limits, Unavailable without any text.
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
                    if self.chars > max_chars or time.monotonic() > deadline:
                        raise CutOff("answer_too_long")
            self._check_text()
        finally:
            meter.add_model_seconds(time.monotonic() - started_at)
            if self.text or self.tokens or self.thinking.has_begun:
                self._record()

    def _event(self, piece: Piece) -> Delta | Status | None:
        match piece:
            case Text(text):
                self._add(text)
                return Delta(text)
            case Tokens():
                self.tokens = piece
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
        if self.text:
            return
        if self.is_cut:
            raise CutOff("length_in_thoughts")
        raise Unavailable("only_thoughts" if self.thinking.has_begun else "empty_answer")

    def _record(self) -> None:
        tokens = self.tokens or self._estimated_tokens()
        meter = self.context.meter
        meter.record_usage(tokens.input_tokens, tokens.output_tokens, self.first_token_at)

    def _estimated_tokens(self) -> Tokens:
        if not self.context.provider.is_generative:
            return Tokens(None, None)
        return estimate_tokens(self.prompt, "".join(self.text))


def estimate_tokens(prompt: Prompt, text: str) -> Tokens:
    """The tokens of a call whose service reports none."""
    sent = sum(estimate(message["content"]) for message in prompt.as_messages())
    return Tokens(sent, estimate(text))


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
