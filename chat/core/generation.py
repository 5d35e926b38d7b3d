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
from chat.core.events import Delta, Event, Notice
from chat.core.ports import AnswerLimits, Model, Provider, Retrieved, Retriever, Tokens
from chat.core.prompt import Prompt, PromptContent, build_prompt
from chat.core.request import ChatRequest, Turn
from chat.core.research_rounds import ResearchRound
from chat.core.usage_meter import UsageMeter


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
    """The last item of a round: its text, and what it rests on."""

    text: str
    retrieved: Retrieved
    from_cache: bool = False


def generate(
    context: AnswerContext, round_input: RoundInput, retrieved: Retrieved
) -> AsyncGenerator[Event | RoundResult]:
    """Delta and Notice events, then the RoundResult. Raises the ChatError family."""
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
                async with contextlib.aclosing(completion.deltas(self._max_chars())) as deltas:
                    async for delta in deltas:
                        text.append(delta.text)
                        yield delta
                break
            except ContextTooLong:
                if window != full_window:
                    raise
                yield Notice.of("context_retry")
        yield RoundResult("".join(text), self.retrieved)

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


class _Completion:
    """One call of the model.

    Its cost is recorded also when it is cut, closed or fails.
    """

    def __init__(self, context: AnswerContext, prompt: Prompt) -> None:
        self.context = context
        self.prompt = prompt
        self.text: list[str] = []
        self.chars = 0
        self.tokens: Tokens | None = None
        self.first_token_at: float | None = None  # monotonic

    async def deltas(self, max_chars: int) -> AsyncGenerator[Delta]:
        """The pieces of the text.

        Raises CutOff beyond the limits, Unavailable without any.
        """
        provider, model = self.context.provider, self.context.model
        # Counted from here: the time that indexing took is not the model's.
        deadline = time.monotonic() + self.context.limits.seconds
        try:
            stream = clean_stream(provider.stream(self.prompt, model))
            async with contextlib.aclosing(stream) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Tokens):
                        self.tokens = piece
                        continue
                    self._add(piece.text)
                    yield Delta(piece.text)
                    if self.chars > max_chars or time.monotonic() > deadline:
                        raise CutOff("answer_too_long")
            if not self.text:
                raise Unavailable("empty_answer")
        finally:
            if self.text:
                self._record()

    def _add(self, text: str) -> None:
        self.first_token_at = self.first_token_at or time.monotonic()
        self.text.append(text)
        self.chars += len(text)

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
