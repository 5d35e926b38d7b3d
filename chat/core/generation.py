"""One completion: fit the content into the model's context, prompt, stream, record its cost."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

from chat.core import context_budget
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
    """One retrieval and one completion: the whole of a plain answer, or a round of research.

    `query` is searched for, `question` stands in the prompt. `research` is None for a plain
    answer. `previous` are the retrievals of earlier rounds of the same answer, `written` the
    characters that they wrote. `progress` is the status before the first token; {count} is the
    number of passages.
    """

    question: str
    query: str
    passage_limit: int
    history: Sequence[Turn]
    research: ResearchRound | None = None
    looking_for: str = ""
    previous: tuple[Retrieved, ...] = ()
    written: int = 0
    progress: str = "Reading {count} passages"

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


async def generate(
    context: AnswerContext, round_input: RoundInput, retrieved: Retrieved
) -> AsyncGenerator[Event | RoundResult]:
    """Delta and Notice events, then the RoundResult. Raises the ChatError family.

    A prompt that the model finds too long is tried once more with half the context.
    """
    content = PromptContent(
        round_input.question, retrieved.passages, round_input.history, retrieved.file
    )
    window = context.model.context
    text: list[str] = []
    characters = context.limits.chars - round_input.written
    for is_last_attempt in (False, True):
        fitted = context_budget.fit(
            content, context=window, output=context.model.output, count=context.model.count
        )
        if fitted.left_out:
            yield Notice.of("context_trimmed", parts=", ".join(fitted.left_out))
        prompt = build_prompt(
            round_input.template,
            fitted,
            repository=retrieved.repository,
            language=context.request.language,
            **round_input.variables,
        )
        try:
            async with contextlib.aclosing(_complete(context, prompt, characters)) as deltas:
                async for delta in deltas:
                    text.append(delta.text)
                    yield delta
            break
        except ContextTooLong:
            if is_last_attempt:
                raise
            window //= 2  # the estimate was too low for this text
            yield Notice.of("context_retry")
    yield RoundResult("".join(text), retrieved)


async def _complete(
    context: AnswerContext, prompt: Prompt, characters: int
) -> AsyncGenerator[Delta]:
    """Stream one completion of at most `characters`; records its cost, also when it is closed."""
    tokens: Tokens | None = None
    first_token_at: float | None = None
    text: list[str] = []
    # Counted from here: the time that indexing took is not the model's.
    deadline = time.monotonic() + context.limits.seconds
    try:
        async with contextlib.aclosing(context.provider.stream(prompt, context.model)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Tokens):
                    tokens = piece
                    continue
                first_token_at = first_token_at or time.monotonic()
                text.append(piece.text)
                characters -= len(piece.text)
                yield Delta(piece.text)
                if characters < 0 or time.monotonic() > deadline:
                    raise CutOff("answer_too_long")
        if first_token_at is None:
            raise Unavailable("empty_answer")
    finally:
        # An answer that was cut, stopped or failed is paid for, too.
        if first_token_at is not None:
            if tokens is None and context.provider.is_generative:
                tokens = estimate_tokens(prompt, "".join(text))
            record_tokens(context.meter, tokens, first_token_at)


def estimate_tokens(prompt: Prompt, text: str) -> Tokens:
    """The tokens of a call whose service reports none."""
    messages = prompt.as_messages()
    sent = sum(context_budget.estimate(message["content"]) for message in messages)
    return Tokens(sent, context_budget.estimate(text))


def record_tokens(
    meter: UsageMeter, tokens: Tokens | None, first_token_at: float | None = None
) -> None:
    """Add a call to the meter; None where nobody counted."""
    counts = tokens or Tokens(None, None)
    meter.record_usage(counts.input_tokens, counts.output_tokens, first_token_at)
