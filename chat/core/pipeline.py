"""The answer pipeline: retrieve, fit the budget, prompt, stream. Every door runs this and nothing else.

request -> retrieve -> fit -> prompt -> provider stream -> events
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

from chat.core import deep_research, research_rounds
from chat.core.answer_cache import Answers, Settled, Unkept, key_of
from chat.core.events import Delta, Event, Notice, Research, Status, Usage
from chat.core.generation import Asker
from chat.core.ports import AnswerLimits, Model, Provider, Retrieved, Retriever, Text, Tokens
from chat.core.query_rewriting import rewritten
from chat.core.retrieval_events import notices, sources

PASSAGES = 20


async def answer(asker: Asker, answers: Answers | None = None) -> AsyncGenerator[Event]:
    """The events of one answer, from searching to usage. Raises the ChatError family.

    `answers` are those given a short while ago: the very same question is not asked of the model again.
    """
    request = asker.request
    round_ = research_rounds.current_round([*asker.history, request.messages[-1]])
    if round_ is None and request.deep_research and asker.provider.writes:
        steps = deep_research.research(asker, request.question)
    else:
        steps = _once(asker, round_, answers or Unkept())
    async with contextlib.aclosing(steps):
        async for event in steps:
            yield event


async def _once(asker: Asker, round_: research_rounds.Round | None, answers: Answers) -> AsyncGenerator[Event]:
    request = asker.request
    question = round_.topic if round_ else request.question
    searched = await rewritten(asker, question)
    async with contextlib.aclosing(asker.look(searched, PASSAGES)) as looking:
        async for step in looking:
            yield step
    found = asker.found
    assert found is not None
    if round_:
        yield Research(round_.iteration, research_rounds.ROUNDS, round_.stage, question, len(found.passages))
    yield sources(found)
    for notice in notices(found):
        yield notice
    if request.deep_research and not asker.provider.writes:
        yield Notice("research_needs_model", "Deep Research needs a language model. These are the passages found.")

    key = key_of(request, asker.history, found, asker.model)
    settled = None if request.regenerate or found.building else await answers.get(key)
    if settled is not None:
        yield Notice(
            "from_cache", "This question was answered a moment ago: this is that answer. Ask anew for another."
        )
        yield Delta(settled.text)
        yield Usage(0, 0, *asker.taken())  # it was paid for then
        return

    yield Status("thinking", f"Reading {len(found.passages)} passages")
    text: list[str] = []
    template, variables = (round_.template, round_.variables) if round_ else ("answer", {})
    writing = asker.write(question, found, template=template, variables=variables)
    async with contextlib.aclosing(writing):
        async for event in writing:
            if isinstance(event, Delta):
                text.append(event.text)
            yield event
    assert asker.usage is not None
    yield asker.usage
    await answers.put(key, Settled("".join(text), asker.usage))


__all__ = ["AnswerLimits", "Asker", "Model", "Provider", "Retrieved", "Retriever", "Text", "Tokens", "answer"]
