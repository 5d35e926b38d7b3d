"""The answer pipeline. Every transport runs this and nothing else.

request -> rewrite the query -> retrieve -> fit -> prompt -> provider stream -> events
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

from chat.core.answer_cache import AnswerCache, CachedAnswer, NoAnswerCache, cache_key
from chat.core.answer_round import run_round
from chat.core.deep_research import run_deep_research
from chat.core.events import Event, Usage
from chat.core.generation import AnswerContext, RoundInput, RoundResult
from chat.core.ports import AnswerLimits, Model, Provider, Retrieved, Retriever, Text, Tokens
from chat.core.query_rewriting import rewrite
from chat.core.research_rounds import ResearchRound, current_round

PASSAGES = 20


def answer(context: AnswerContext, cache: AnswerCache | None = None) -> AsyncGenerator[Event]:
    """The events of one answer, from the search to its usage. Raises the ChatError family.

    `cache` holds answers of the last minutes: the same question is not sent to the model again.
    """
    request = context.request
    research = current_round([*context.history, request.messages[-1]])
    if research is None and request.deep_research and context.provider.is_generative:
        return run_deep_research(context, request.question)
    return _single_round(context, research, cache or NoAnswerCache())


async def _single_round(
    context: AnswerContext, research: ResearchRound | None, cache: AnswerCache
) -> AsyncGenerator[Event]:
    """A plain answer, or the round of a research that the client drives."""
    question = research.topic if research else context.request.question
    query = await rewrite(context, question)
    round_input = RoundInput(question, query, PASSAGES, context.history, research)
    result: RoundResult | None = None
    async with contextlib.aclosing(run_round(context, round_input, cache)) as items:
        async for item in items:
            if isinstance(item, RoundResult):
                result = item
            else:
                yield item
    assert result is not None
    usage = _usage(context, result)
    yield usage
    if not result.from_cache:
        key = cache_key(context.request, context.history, result.retrieved, context.model)
        await cache.put(key, CachedAnswer(result.text, usage))


def _usage(context: AnswerContext, result: RoundResult) -> Usage:
    """What the answer cost: no tokens where it came from the cache."""
    if result.from_cache:
        elapsed = context.meter.elapsed_ms()
        return Usage(0, 0, elapsed, elapsed)
    assert context.meter.usage is not None
    return context.meter.usage


__all__ = [
    "AnswerContext",
    "AnswerLimits",
    "Model",
    "Provider",
    "Retrieved",
    "Retriever",
    "Text",
    "Tokens",
    "answer",
]
