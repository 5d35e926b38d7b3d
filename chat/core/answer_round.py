"""One round of an answer: retrieve, announce what was found, generate.

A plain answer is one round, Deep Research up to five.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Iterator

from chat.core.answer_cache import AnswerCache, CachedAnswer, cache_key
from chat.core.completion import AnswerContext
from chat.core.events import Delta, Event, LinesRead, Notice, Research, Status
from chat.core.generation import RoundInput, RoundResult, generate
from chat.core.passage_choice import retrieve
from chat.core.ports import Retrieved
from chat.core.research_rounds import ROUNDS, ResearchRound
from chat.core.retrieval_events import notices, sources


async def run_round(
    context: AnswerContext, round_input: RoundInput, cache: AnswerCache
) -> AsyncGenerator[Event | RoundResult]:
    """The events of one round, then its RoundResult. Raises the ChatError family."""
    retrieved: Retrieved | None = None
    retrieval = retrieve(context, round_input.query, round_input.passage_limit)
    async with contextlib.aclosing(retrieval) as steps:
        async for step in steps:
            if isinstance(step, Retrieved):
                retrieved = step
            else:
                yield step
    assert retrieved is not None
    for event in _retrieval_events(context, round_input, retrieved):
        yield event

    cached = await _cached_answer(context, retrieved, cache)
    if cached is not None:
        yield Notice.of("from_cache")
        if cached.read:
            yield LinesRead(cached.read)
        yield Delta(cached.text)
        yield RoundResult(cached.text, retrieved, from_cache=True)
        return

    yield _thinking(round_input.research, retrieved)
    async with contextlib.aclosing(generate(context, round_input, retrieved)) as items:
        async for item in items:
            yield item


def _retrieval_events(
    context: AnswerContext, round_input: RoundInput, retrieved: Retrieved
) -> Iterator[Event]:
    if round_input.research is not None:
        yield _research_event(round_input.research, retrieved)
    yield sources(*round_input.previous, retrieved)
    if not round_input.previous:
        yield from notices(retrieved, is_generative=context.provider.is_generative)
    request = context.request
    is_asked_for = request.deep_research or request.mode == "research"
    wants_research = is_asked_for or round_input.research is not None
    if wants_research and not context.provider.is_generative:
        yield Notice.of("research_needs_model")


def _research_event(research: ResearchRound, retrieved: Retrieved) -> Research:
    passages = len(retrieved.passages)
    return Research(research.iteration, ROUNDS, research.stage, research.summary, passages)


async def _cached_answer(
    context: AnswerContext, retrieved: Retrieved, cache: AnswerCache
) -> CachedAnswer | None:
    if context.request.regenerate or retrieved.building:
        return None
    return await cache.get(cache_key(context.request, context.history, retrieved, context.model))


def _thinking(research: ResearchRound | None, retrieved: Retrieved) -> Status:
    count = len(retrieved.passages)
    if research is None or not research.looking_for:
        return Status("thinking", f"Reading {count} passages")
    return Status("thinking", f"Round {research.iteration}: reading {count} passages")
