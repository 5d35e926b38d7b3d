"""The answer pipeline: retrieve, fit the budget, prompt, stream. Every door runs this and nothing else.

request -> retrieve -> fit -> prompt -> provider stream -> events
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

from chat.core import deep_research, research_rounds
from chat.core.answer_cache import AnswerCache, CachedAnswer, NoAnswerCache, cache_key
from chat.core.events import Delta, Event, Notice, Research, Status, Usage
from chat.core.generation import AnswerContext
from chat.core.ports import AnswerLimits, Model, Provider, Retrieved, Retriever, Text, Tokens
from chat.core.query_rewriting import rewrite
from chat.core.retrieval_events import notices, sources

PASSAGES = 20


async def answer(
    context: AnswerContext, answers: AnswerCache | None = None
) -> AsyncGenerator[Event]:
    """The events of one answer, from searching to usage. Raises the ChatError family.

    `answers` are those given a short while ago: the very same question is not asked of the model again.
    """
    request = context.request
    round_ = research_rounds.current_round([*context.history, request.messages[-1]])
    if round_ is None and request.deep_research and context.provider.is_generative:
        steps = deep_research.research(context, request.question)
    else:
        steps = _once(context, round_, answers or NoAnswerCache())
    async with contextlib.aclosing(steps):
        async for event in steps:
            yield event


async def _once(
    context: AnswerContext, round_: research_rounds.Round | None, answers: AnswerCache
) -> AsyncGenerator[Event]:
    request = context.request
    question = round_.topic if round_ else request.question
    searched = await rewrite(context, question)
    async with contextlib.aclosing(context.retrieve(searched, PASSAGES)) as looking:
        async for step in looking:
            yield step
    found = context.found
    assert found is not None
    if round_:
        yield Research(
            round_.iteration, research_rounds.ROUNDS, round_.stage, question, len(found.passages)
        )
    yield sources(found)
    for notice in notices(found):
        yield notice
    if request.deep_research and not context.provider.is_generative:
        yield Notice.of("research_needs_model")

    key = cache_key(request, context.history, found, context.model)
    settled = None if request.regenerate or found.building else await answers.get(key)
    if settled is not None:
        yield Notice.of("from_cache")
        yield Delta(settled.text)
        yield Usage(0, 0, *context.elapsed_ms())  # it was paid for then
        return

    yield Status("thinking", f"Reading {len(found.passages)} passages")
    text: list[str] = []
    template, variables = (round_.template, round_.variables) if round_ else ("answer", {})
    writing = context.generate(question, found, template=template, variables=variables)
    async with contextlib.aclosing(writing):
        async for event in writing:
            if isinstance(event, Delta):
                text.append(event.text)
            yield event
    assert context.usage is not None
    yield context.usage
    await answers.put(key, CachedAnswer("".join(text), context.usage))


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
