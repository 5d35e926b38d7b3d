"""What an answer is made with: a retriever, a provider, a model, limits; and the one way a model is asked."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

from chat.core import context_budget, prompt
from chat.core.errors import ContextTooLong, CutOff, Unavailable
from chat.core.events import Delta, Event, Notice, Status, Usage
from chat.core.ports import AnswerLimits, Model, Provider, Retrieved, Retriever, Tokens
from chat.core.prompt import Prompt
from chat.core.request import ChatRequest, Turn


@dataclass
class AnswerContext:
    """One question with all that answers it. `usage` is that of everything written so far, `found` the last search's."""

    request: ChatRequest
    history: Sequence[Turn]
    retriever: Retriever
    provider: Provider
    model: Model
    limits: AnswerLimits
    usage: Usage | None = None
    found: Retrieved | None = None
    began: float = field(default_factory=time.monotonic)
    size: int = 0

    async def retrieve(self, searched: str, limit: int) -> AsyncGenerator[Status]:
        """Search; yields how far a repository is that is still being prepared. What was found is in `found` afterwards."""
        async with contextlib.aclosing(self.retriever.retrieve(searched, limit)) as looking:
            async for step in looking:
                if isinstance(step, Retrieved):
                    self.found = step
                else:
                    yield step

    async def generate(
        self,
        question: str,
        found: Retrieved,
        *,
        template: str,
        variables: Mapping[str, str] | None = None,
        history: Sequence[Turn] | None = None,
    ) -> AsyncGenerator[Event]:
        """What the model writes about `found`, as Delta and Notice events; `usage` has its cost afterwards."""
        context = self.model.context
        for attempt in (1, 2):
            fitted = context_budget.fit(
                passages=found.passages,
                history=self.history if history is None else history,
                file=found.file,
                question=question,
                context=context,
                output=self.model.output,
                count=self.model.count,
            )
            asked = prompt.build(
                template=template,
                repository=found.repository,
                question=fitted.question,
                language=self.request.language,
                passages=fitted.passages,
                history=fitted.history,
                file=fitted.file,
                **(variables or {}),
            )
            if fitted.left_out:
                yield Notice.of("context_trimmed", parts=", ".join(fitted.left_out))
            try:
                async with contextlib.aclosing(self._stream(asked)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except ContextTooLong:
                # Our estimate was too low for this text: once more with half of it.
                if attempt == 2:
                    raise
                context //= 2
                yield Notice.of("context_retry")

    async def _stream(self, asked: Prompt) -> AsyncGenerator[Event]:
        counted: Tokens | None = None
        first: float | None = None
        written: list[str] = []
        deadline = (
            time.monotonic() + self.limits.seconds
        )  # the wait for an index is not the model's
        try:
            async with contextlib.aclosing(self.provider.stream(asked, self.model)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Tokens):
                        counted = piece
                        continue
                    first = first or time.monotonic()
                    written.append(piece.text)
                    self.size += len(piece.text)
                    yield Delta(piece.text)
                    if self.size > self.limits.chars or time.monotonic() > deadline:
                        raise CutOff("answer_too_long")
            if first is None:
                raise Unavailable("empty_answer")
        finally:
            # Also of an answer that was cut, stopped or failed: it was paid for.
            if first is not None and self.provider.is_generative:
                counted = counted or self._estimated(asked, written)
            if first is not None:
                self._add(counted or Tokens(None, None), first)

    def elapsed_ms(self) -> tuple[int, int]:
        """Milliseconds since the question, as first and total time of an answer that comes whole."""
        now = round((time.monotonic() - self.began) * 1000)
        return now, now

    def record_usage(self, asked: Prompt, written: str, counted: Tokens | None) -> None:
        """Count what a call beside the answer cost."""
        self._add(counted or self._estimated(asked, [written]))

    def _estimated(self, asked: Prompt, written: Sequence[str]) -> Tokens:
        sent = sum(context_budget.estimate(message["content"]) for message in asked.as_messages())
        return Tokens(sent, context_budget.estimate("".join(written)))

    def _add(self, counted: Tokens, first: float | None = None) -> None:
        """Add a call's cost; `first` is when its first word came, where it was one of the answer's."""
        before = self.usage or Usage()
        first_ms, total_ms = before.first_token_ms, before.total_ms
        if first is not None:
            first_ms = first_ms if first_ms is not None else round((first - self.began) * 1000)
            total_ms = round((time.monotonic() - self.began) * 1000)
        self.usage = Usage(
            _sum(before.input_tokens, counted.input_tokens),
            _sum(before.output_tokens, counted.output_tokens),
            first_ms,
            total_ms,
        )


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other
