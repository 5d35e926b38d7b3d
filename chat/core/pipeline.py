"""The answer pipeline. Every transport runs this and nothing else.

request -> rewrite the query -> retrieve -> fit -> prompt -> provider stream -> events
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

from chat.core.agent import run_agent
from chat.core.agent_research import run_agent_research, run_agent_rounds
from chat.core.answer_cache import AnswerCache, CachedAnswer, NoAnswerCache, cache_key
from chat.core.answer_mode import answer_mode
from chat.core.answer_round import run_round
from chat.core.completion import AnswerContext
from chat.core.deep_research import run_deep_research
from chat.core.events import Done, Event, Usage
from chat.core.generation import RoundInput, RoundResult
from chat.core.passage_choice import CANDIDATES
from chat.core.ports import AnswerLimits, Model, Provider, Retrieved, Retriever, Text, Tokens
from chat.core.query_rewriting import rewrite
from chat.core.research_rounds import ResearchRound, current_round
from chat.core.tool_fallback import unless_refused
from chat.core.usage_meter import UsageMeter


def answer(context: AnswerContext, cache: AnswerCache | None = None) -> AsyncGenerator[Event]:
    """The events of one answer, from the search to its usage.

    Raises the ChatError family. An answer that is cut at the model's limit ends with
    Done("partial"). `cache` holds answers of the last minutes: the same
    question is not sent to the model again.
    """
    research = current_round([*context.history, context.request.messages[-1]])
    mode = answer_mode(context, is_tagged=research is not None)
    if cache is None or context.attachments:
        cache = NoAnswerCache()
    if mode == "agent":
        return run_agent(context)
    if mode != "research":
        return _single_round(context, _if_wanted(context, research), cache)
    if research is None:
        return _run_research(context)
    return _client_round(context, research, cache)


def _if_wanted(context: AnswerContext, research: ResearchRound | None) -> ResearchRound | None:
    """None where the request says that it wants no research."""
    return None if context.request.mode == "quick" else research


def _run_research(context: AnswerContext) -> AsyncGenerator[Event]:
    if context.tools is None:
        return run_deep_research(context, context.request.question)
    return run_agent_research(context, context.request.question)


def _client_round(
    context: AnswerContext, research: ResearchRound, cache: AnswerCache
) -> AsyncGenerator[Event]:
    """The round of a research that the client drives, with tools where the model has them."""
    if context.tools is None:
        return _single_round(context, research, cache)
    return unless_refused(
        context,
        run_agent_rounds(context, research),
        lambda: _single_round(context, research, cache),
    )


async def _single_round(
    context: AnswerContext, research: ResearchRound | None, cache: AnswerCache
) -> AsyncGenerator[Event]:
    """A plain answer, or the round of a research that the client drives, of one search."""
    question = _question(context, research)
    query = await rewrite(context, question)
    round_input = RoundInput(question, query, CANDIDATES, context.history, research)
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
    if result.is_cut:
        yield Done("partial")
    elif not result.from_cache:
        await cache.put(_cache_key(context, result), CachedAnswer(result.text, usage, result.read))


def _question(context: AnswerContext, research: ResearchRound | None) -> str:
    if research is not None:
        return research.topic
    return context.request.question


def _cache_key(context: AnswerContext, result: RoundResult) -> str:
    return cache_key(context.request, context.history, result.retrieved, context.model)


def _usage(context: AnswerContext, result: RoundResult) -> Usage:
    if result.from_cache:
        return _cached_usage(context.meter)
    assert context.meter.usage is not None
    return context.meter.usage


def _cached_usage(meter: UsageMeter) -> Usage:
    """No tokens: they were paid for when the answer was written."""
    elapsed = meter.elapsed_ms()
    return Usage(0, 0, elapsed, elapsed)


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
