"""The answer pipeline: retrieve, fit the budget, prompt, stream. Every door runs this and nothing else.

request -> retrieve -> fit -> prompt -> provider stream -> events
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chat.core import budget, prompt, research
from chat.core.errors import BadRequest, ContextTooLong, CutOff, Unavailable
from chat.core.events import Delta, Event, Notice, Research, Sources, Status, Usage
from chat.core.prompt import Passage, Prompt
from chat.core.request import ChatRequest, Turn

PASSAGES = 20


@dataclass(frozen=True)
class Retrieved:
    """What retrieval found. `mode` is `hybrid` or `words`; `building` says that vectors are still being computed."""

    passages: tuple[Passage, ...]
    commit: str
    mode: str
    repository: str
    file: Passage | None = None
    building: bool = False


class Retriever(Protocol):
    """Finds passages. Raises the ChatError family."""

    def retrieve(self, question: str, limit: int) -> AsyncGenerator[Status | Retrieved]:
        """Status events while the repository is still being prepared, then exactly one Retrieved."""
        ...


@dataclass(frozen=True)
class Text:
    """A piece of the model's answer."""

    text: str


@dataclass(frozen=True)
class Tokens:
    """What the provider counted."""

    input_tokens: int | None
    output_tokens: int | None


@dataclass(frozen=True)
class Model:
    """A model and its limits in tokens."""

    provider: str
    id: str
    context: int
    output: int
    options: dict[str, Any]


class Provider(Protocol):
    """Streams one completion: an adapter is one file."""

    def stream(self, asked: Prompt, model: Model) -> AsyncGenerator[Text | Tokens]:
        """Pieces of the answer in order. Closing the iterator closes the connection to the service.

        Raises the ProviderError family; CutOff when the stream ends without its end mark.
        """
        ...

    async def close(self) -> None:
        """Close idle connections. Called once, when the process or its event loop ends."""
        ...


@dataclass(frozen=True)
class AnswerLimits:
    """How long an answer may take and grow."""

    chars: int = 64_000
    seconds: float = 180


async def answer(
    request: ChatRequest,
    history: Sequence[Turn],
    retriever: Retriever,
    provider: Provider,
    model: Model,
    limits: AnswerLimits,
) -> AsyncGenerator[Event]:
    """The events of one answer, from searching to usage. Raises the ChatError family."""
    round_ = research.current_round([*history, request.messages[-1]])
    question = round_.topic if round_ else request.question
    if round_:
        yield Research(round_.iteration, research.ROUNDS, round_.stage)

    found: Retrieved | None = None
    async with contextlib.aclosing(retriever.retrieve(_searched(question, history), PASSAGES)) as looking:
        async for step in looking:
            if isinstance(step, Retrieved):
                found = step
            else:
                yield step
    assert found is not None
    yield Sources(
        [_source(number, passage) for number, passage in enumerate(found.passages, 1)], found.commit, found.mode
    )
    for notice in _notices(found):
        yield notice

    yield Status("thinking", f"Reading {len(found.passages)} passages")
    context = model.context
    for attempt in (1, 2):
        asked, left_out = _prompt(request, question, history, found, round_, model, context)
        if left_out:
            yield Notice("context_trimmed", f"Not everything fitted into the model: {', '.join(left_out)} stayed out.")
        try:
            async with contextlib.aclosing(_stream(provider, asked, model, limits)) as pieces:
                async for piece in pieces:
                    yield piece
            return
        except ContextTooLong:
            # Our estimate was too low for this text: once more with half of it.
            if attempt == 2:
                raise
            context //= 2
            yield Notice("context_retry", "The model found this too long; asking again with less of the repository.")


async def _stream(provider: Provider, asked: Prompt, model: Model, limits: AnswerLimits) -> AsyncGenerator[Event]:
    began = time.monotonic()
    first: float | None = None
    size = 0
    counted = Tokens(None, None)
    async with contextlib.aclosing(provider.stream(asked, model)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Tokens):
                counted = piece
                continue
            if first is None:
                first = time.monotonic()
            size += len(piece.text)
            yield Delta(piece.text)
            if size > limits.chars or time.monotonic() - began > limits.seconds:
                yield _usage(counted, began, first)
                raise CutOff("The answer reached the longest this server allows. What came is kept.")
    if first is None:
        raise Unavailable("The model's service gave an empty answer. Ask again or choose another model.")
    yield _usage(counted, began, first)


def _usage(counted: Tokens, began: float, first: float | None) -> Usage:
    now = time.monotonic()
    return Usage(
        counted.input_tokens,
        counted.output_tokens,
        round((first - began) * 1000) if first else None,
        round((now - began) * 1000),
    )


def _prompt(request: ChatRequest, question: str, history: Sequence[Turn], found: Retrieved, round_: research.Round | None,
            model: Model, context: int) -> tuple[Prompt, tuple[str, ...]]:  # fmt: skip
    fitted = budget.fit(
        passages=found.passages,
        history=history,
        file=found.file,
        question=question,
        context=context,
        output=model.output,
    )
    variables = {"iteration": str(round_.iteration)} if round_ and round_.stage == "update" else {}
    asked = prompt.build(
        template=round_.template if round_ else "answer",
        repository=found.repository,
        question=question,
        language=request.language,
        passages=fitted.passages,
        history=fitted.history,
        file=fitted.file,
        **variables,
    )
    return asked, fitted.left_out


def _searched(question: str, history: Sequence[Turn]) -> str:
    """What is looked for: a short follow-up ("and where is it called?") is searched with the question before it."""
    asked = [turn.content for turn in history if turn.role == "user"]
    if asked and len(question.split()) < 8:
        return f"{question}\n{research.untagged(asked[-1])[:500]}"
    return question


def _notices(found: Retrieved) -> list[Notice]:
    notices = []
    if not found.passages:
        notices.append(
            Notice(
                "nothing_found", "Nothing in the repository matches these words. Try the names the code itself uses."
            )
        )
    if found.building:
        notices.append(Notice("words_only", "This repository is still being indexed: the search went by words alone."))
    return notices


def _source(number: int, passage: Passage) -> dict[str, Any]:
    return {
        "number": number, "path": passage.path, "start": passage.start, "end": passage.end, "symbol": passage.symbol,
        "language": passage.language, "why": passage.why, "url": passage.url, "score": round(passage.score, 3),
    }  # fmt: skip


__all__ = ["AnswerLimits", "BadRequest", "Model", "Provider", "Retrieved", "Retriever", "Text", "Tokens", "answer"]
