"""Deep Research as the server drives it: a plan, updates, a conclusion; each round searches anew.

    plan -> (search for what the last round missed -> update)* -> conclude

At most ROUNDS rounds. If a round finds nothing missing, the next one concludes; a round that
concludes by itself ends the research. An error ends it: what was written before stays, and no
round is prompted with an error's text.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncGenerator

from chat.core.answer_cache import NoAnswerCache
from chat.core.answer_round import run_round
from chat.core.events import Event
from chat.core.generation import AnswerContext, RoundInput, RoundResult
from chat.core.ports import Retrieved
from chat.core.query_rewriting import rewrite
from chat.core.request import Turn
from chat.core.research_rounds import ROUNDS, ResearchRound, Stage

PASSAGES = 14
QUERY_CHARS = 1_200
SUMMARY_CHARS = 300
# Headings that the prompts demand; English in every answer language, since clients match them.
CONCLUSION = re.compile(r"^#{1,3}\s*Final Conclusion", re.MULTILINE | re.IGNORECASE)
NEXT_STEPS = re.compile(
    r"^#{1,3}\s*Next Steps\s*\n(?P<steps>.*)\Z", re.MULTILINE | re.IGNORECASE | re.DOTALL
)
NOTHING_MISSING = re.compile(r"nothing (more )?is missing", re.IGNORECASE)


async def run_deep_research(context: AnswerContext, topic: str) -> AsyncGenerator[Event]:
    """The events of all rounds, then the usage. Raises the ChatError family."""
    previous: tuple[Retrieved, ...] = ()
    history = [*context.history]
    written = 0
    stage: Stage = "plan"
    query = await rewrite(context, topic)
    looking_for = topic
    for iteration in range(1, ROUNDS + 1):
        round_input = RoundInput(
            question=topic,
            query=query,
            passage_limit=PASSAGES,
            history=tuple(history),
            research=ResearchRound(iteration, stage, topic),
            looking_for=_summary(looking_for),
            previous=previous,
            written=written,
            progress=f"Round {iteration}: reading {{count}} passages",
        )
        result: RoundResult | None = None
        async with contextlib.aclosing(run_round(context, round_input, NoAnswerCache())) as items:
            async for item in items:
                if isinstance(item, RoundResult):
                    result = item
                else:
                    yield item
        assert result is not None
        if stage == "conclude" or CONCLUSION.search(result.text):
            break
        previous = (*previous, result.retrieved)
        written += len(result.text)
        history += [Turn("user", looking_for), Turn("assistant", result.text)]
        missing = _next_steps(result.text)
        stage = _next_stage(iteration, missing)
        looking_for = missing or topic
        query = f"{topic}\n{looking_for}"[:QUERY_CHARS]
    assert context.meter.usage is not None
    yield context.meter.usage


def _next_steps(text: str) -> str:
    """What a round says is still missing; empty if it says that nothing is."""
    match = NEXT_STEPS.search(text)
    if match is None or NOTHING_MISSING.search(match["steps"]):
        return ""
    return match["steps"].strip()[:QUERY_CHARS]


def _next_stage(iteration: int, missing: str) -> Stage:
    if iteration == ROUNDS - 1:
        return "conclude"
    if iteration > 1 and not missing:
        return "conclude"
    return "update"


def _summary(text: str) -> str:
    """A list in Markdown as one line, for the Research event."""
    lines = (line.strip(" -*#0123456789.") for line in text.splitlines())
    return "; ".join(line for line in lines if line)[:SUMMARY_CHARS]
