"""Deep Research as the server drives it: each round retrieves passages of its own.

    plan -> (search for what the last round missed -> update)* -> conclude

At most ROUNDS rounds. If a round finds nothing missing, the next one concludes; a round
that concludes by itself ends the research. An error ends it: what was written before
stays, and no round is prompted with an error's text.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncGenerator
from dataclasses import replace

from chat.core.answer_cache import NoAnswerCache
from chat.core.answer_round import run_round
from chat.core.completion import AnswerContext
from chat.core.events import Done, Event
from chat.core.generation import RoundInput, RoundResult
from chat.core.query_rewriting import rewrite
from chat.core.request import Turn
from chat.core.research_rounds import ROUNDS, ResearchRound, Stage

PASSAGES = 14
QUERY_CHARS = 1_200
# Headings that the prompts demand; English in every answer language, since clients
# match them.
CONCLUSION = re.compile(r"^#{1,3}\s*Final Conclusion", re.MULTILINE | re.IGNORECASE)
NEXT_STEPS = re.compile(
    r"^#{1,3}\s*Next Steps\s*\n(?P<steps>.*)\Z", re.MULTILINE | re.IGNORECASE | re.DOTALL
)
# What is searched for and shown stands before the next section, and is no code or drawing.
NEXT_SECTION = re.compile(r"^#{1,2}\s.*", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^(```|~~~).*?(?:^\1[^\n]*|\Z)", re.MULTILINE | re.DOTALL)
NOTHING_MISSING = re.compile(r"nothing (more )?is missing", re.IGNORECASE)


async def run_deep_research(context: AnswerContext, topic: str) -> AsyncGenerator[Event]:
    """The events of all rounds, then the usage; Done("partial") if one was cut. Raises the ChatError family."""
    first = first_round(context, topic, await rewrite(context, topic))
    async with contextlib.aclosing(run_rounds(context, first)) as events:
        async for event in events:
            yield event


def first_round(context: AnswerContext, topic: str, query: str) -> RoundInput:
    """The round that plans."""
    research = ResearchRound(1, "plan", topic, looking_for=topic)
    return RoundInput(topic, query, PASSAGES, tuple(context.history), research)


async def run_rounds(context: AnswerContext, first: RoundInput | None) -> AsyncGenerator[Event]:
    """The events of a round and of those after it, then the usage."""
    next_round = first
    is_cut = False
    while next_round is not None:
        result: RoundResult | None = None
        async with contextlib.aclosing(run_round(context, next_round, NoAnswerCache())) as items:
            async for item in items:
                if isinstance(item, RoundResult):
                    result = item
                else:
                    yield item
        assert result is not None
        is_cut = is_cut or result.is_cut
        next_round = round_after(next_round, result)
    assert context.meter.usage is not None
    yield context.meter.usage
    if is_cut:
        yield Done("partial")


def round_after(last: RoundInput, result: RoundResult) -> RoundInput | None:
    """The next round; None where the research is over."""
    assert last.research is not None
    if is_over(last.research, result.text):
        return None
    research = research_after(last.research, result.text)
    turns = Turn("user", last.research.looking_for), Turn("assistant", result.text)
    return replace(
        last,
        query=f"{research.topic}\n{research.looking_for}"[:QUERY_CHARS],
        history=(*last.history, *turns),
        research=research,
        previous=(*last.previous, result.retrieved),
        written=last.written + len(result.text),
    )


def is_over(last: ResearchRound, text: str) -> bool:
    """Whether a round with this text was the last."""
    return last.stage == "conclude" or CONCLUSION.search(text) is not None


def research_after(last: ResearchRound, text: str) -> ResearchRound:
    """The round that follows one with this text."""
    missing = _next_steps(text)
    stage = _stage_after(last.iteration, missing)
    return ResearchRound(last.iteration + 1, stage, last.topic, missing or last.topic)


def _next_steps(text: str) -> str:
    """What a round says is still missing; empty if it says that nothing is."""
    match = NEXT_STEPS.search(text)
    if match is None or NOTHING_MISSING.search(match["steps"]):
        return ""
    steps = NEXT_SECTION.sub("", FENCED.sub("", match["steps"]))
    return steps.strip()[:QUERY_CHARS]


def _stage_after(iteration: int, missing: str) -> Stage:
    if iteration == ROUNDS - 1:
        return "conclude"
    if iteration > 1 and not missing:
        return "conclude"
    return "update"
