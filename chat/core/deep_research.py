"""Deep Research as the server drives it: a plan, updates, a conclusion, each round with passages of its own.

    plan -> (look for what the last round missed -> update)* -> conclude

At most five rounds. A round that finds nothing missing lets the next one conclude; one that concludes by itself ends
the research. An error ends it with what was found: no round is ever asked about an error's text.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncGenerator

from chat.core.events import Delta, Event, Research, Status
from chat.core.generation import AnswerContext
from chat.core.ports import Retrieved
from chat.core.query_rewriting import rewrite
from chat.core.request import Turn
from chat.core.research_rounds import ROUNDS, Stage
from chat.core.retrieval_events import notices, sources

PASSAGES = 14
SEARCHED_CHARS = 1_200
# Headings the prompts ask for; they stay English in every answer language, as clients look for them.
CONCLUSION = re.compile(r"^#{1,3}\s*Final Conclusion", re.MULTILINE | re.IGNORECASE)
NEXT_STEPS = re.compile(
    r"^#{1,3}\s*Next Steps\s*\n(?P<steps>.*)\Z", re.MULTILINE | re.IGNORECASE | re.DOTALL
)
NOTHING = re.compile(r"nothing (more )?is missing", re.IGNORECASE)


async def research(context: AnswerContext, topic: str) -> AsyncGenerator[Event]:
    """The events of all rounds. Raises the ChatError family; what was written before stays written."""
    looked: list[Retrieved] = []
    written: list[Turn] = [*context.history]
    looking_for = topic
    stage: Stage = "plan"
    for iteration in range(1, ROUNDS + 1):
        searched = (
            await rewrite(context, topic)
            if iteration == 1
            else f"{topic}\n{looking_for}"[:SEARCHED_CHARS]
        )
        async with contextlib.aclosing(context.retrieve(searched, PASSAGES)) as looking:
            async for step in looking:
                yield step
        found = context.found
        assert found is not None
        looked.append(found)
        yield Research(iteration, ROUNDS, stage, _shown(looking_for), len(found.passages))
        yield sources(*looked)
        for notice in notices(found) if iteration == 1 else ():
            yield notice
        yield Status("thinking", f"Round {iteration}: reading {len(found.passages)} passages")

        text: list[str] = []
        variables = {"iteration": str(iteration)} if stage == "update" else {}
        writing = context.generate(
            topic, found, template=f"research_{stage}", variables=variables, history=written
        )
        async with contextlib.aclosing(writing):
            async for event in writing:
                if isinstance(event, Delta):
                    text.append(event.text)
                yield event
        said = "".join(text)
        written += [Turn("user", looking_for if iteration > 1 else topic), Turn("assistant", said)]
        if stage == "conclude" or CONCLUSION.search(said):
            break
        missing = next_steps(said)
        stage = (
            "conclude" if iteration == ROUNDS - 1 or (not missing and iteration > 1) else "update"
        )
        looking_for = missing or topic
    assert context.usage is not None
    yield context.usage


def next_steps(text: str) -> str:
    """What a round says is still missing; empty when it says that nothing is."""
    match = NEXT_STEPS.search(text)
    steps = match["steps"].strip() if match else ""
    return "" if NOTHING.search(steps) else steps[:SEARCHED_CHARS]


def _shown(text: str) -> str:
    lines = (line.strip(" -*#0123456789.") for line in text.splitlines())
    return "; ".join(line for line in lines if line)[:300]
