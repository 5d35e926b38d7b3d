"""Deep Research by an agent: a plan, rounds that call tools, a conclusion.

The stages and their headings are those of deep_research.py, so that clients find them. All
stages read one search and the results of all calls so far.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from chat.core.agent import FirstSearch
from chat.core.agent_loop import AgentLoop, AgentResult
from chat.core.agent_prompt import AgentPrompt, AgentTask
from chat.core.citation_review import review_citations
from chat.core.completion import AnswerContext
from chat.core.deep_research import (
    PASSAGES,
    first_round,
    is_over,
    research_after,
    round_after,
    run_deep_research,
    run_rounds,
)
from chat.core.errors import ToolsUnsupported
from chat.core.events import Delta, Done, Event, Research, Step
from chat.core.generation import RoundResult
from chat.core.ports import AgentTools
from chat.core.prompt import read_template
from chat.core.read_lines import ReadLines
from chat.core.request import Turn
from chat.core.research_rounds import ROUNDS, ResearchRound
from chat.core.tool_calls import ToolExchange
from chat.core.tool_fallback import unless_refused
from chat.core.tool_runner import ToolRunner

UPDATES = ROUNDS - 2  # rounds between the plan and the conclusion: they share the turns


def run_agent_research(context: AnswerContext, topic: str) -> AsyncGenerator[Event]:
    """The events of all rounds, then the usage; with a model without tools, those of
    `run_deep_research`. Raises the ChatError family."""
    first = ResearchRound(1, "plan", topic, looking_for=topic)
    return unless_refused(
        context, run_agent_rounds(context, first), lambda: run_deep_research(context, topic)
    )


async def run_agent_rounds(
    context: AnswerContext, research: ResearchRound
) -> AsyncGenerator[Event]:
    """The events of a round, and, where the server drives the research, of those after it.

    Raises the ChatError family; ToolsUnsupported before anything was shown.
    """
    assert context.tools is not None
    search = FirstSearch(context, research.topic, PASSAGES)
    async with contextlib.aclosing(search.events()) as events:
        async for event in events:
            yield event
    rounds = _Rounds(context, search, await context.tools.load(search.retrieved))
    try:
        async with contextlib.aclosing(rounds.events(research)) as events:
            async for event in events:
                yield event
    except ToolsUnsupported:
        if not rounds.written:
            raise
        context.meter.agent_events["no_tools"] += 1
        async with contextlib.aclosing(rounds.without_tools()) as events:
            async for event in events:
                yield event
        return
    assert context.meter.usage is not None
    yield context.meter.usage
    if rounds.is_cut:
        yield Done("partial")


@dataclass
class _Rounds:
    """The rounds of one research. `written` are their texts, as turns behind the question."""

    context: AnswerContext
    search: FirstSearch
    tools: AgentTools
    written: list[Turn] = field(default_factory=list)
    exchanges: list[ToolExchange] = field(default_factory=list)
    chars: int = 0
    is_cut: bool = False
    _read: ReadLines = field(default_factory=ReadLines)  # in all rounds

    def __post_init__(self) -> None:
        limits = self.context.agent_limits
        self._runner = ToolRunner(self.tools.toolbox, self.context.meter, limits.calls, steps=1)

    async def events(self, research: ResearchRound) -> AsyncGenerator[Event]:
        """The events of this round and of those that the server lets follow."""
        while True:
            text = ""
            async with contextlib.aclosing(self._round(research)) as items:
                async for item in items:
                    if isinstance(item, AgentResult):
                        text = item.text
                        self.is_cut = self.is_cut or item.is_cut
                    else:
                        yield item
            if not research.looking_for or is_over(research, text):
                return
            self._note_written(text, research)
            research = research_after(research, text)

    def without_tools(self) -> AsyncGenerator[Event]:
        """The rounds that follow the plan, with a search each, for a model that refuses tools."""
        first = first_round(self.context, self.search.question, self.search.query)
        plan = RoundResult(self.written[0].content, self.search.retrieved)
        return run_rounds(self.context, round_after(first, plan))

    async def _round(self, research: ResearchRound) -> AsyncGenerator[Event | AgentResult]:
        """The events of one round. It is announced once the model has answered something.

        What the conclusion cites unread is read before it is finished.
        """
        prompt = self._prompt(research)
        content = await prompt.fit()
        if not self.written:
            yield self.search.done(content.passages)
        loop = AgentLoop(prompt, content, self._runner, self.exchanges, self.chars, read=self._read)
        announcement = [self._announcement(research)]
        async with contextlib.aclosing(loop.events()) as items:
            async for item in items:
                if announcement and isinstance(item, Delta | Step):
                    yield announcement.pop()
                yield item
        self._read = loop.read
        if research.stage == "conclude":
            async with contextlib.aclosing(review_citations(loop)) as events:
                async for event in events:
                    yield event

    def _prompt(self, research: ResearchRound) -> AgentPrompt:
        task = AgentTask(
            question=research.topic,
            history=self.context.history,
            turns=self._turns(research),
            instruction=_instruction(research),
            written=self.written,
            is_research=True,
        )
        window = self.context.model.context
        return AgentPrompt(self.context, self.search.retrieved, self.tools, task, window)

    def _turns(self, research: ResearchRound) -> int:
        if research.stage == "update":
            return max(1, self.context.agent_limits.research_turns // UPDATES)
        return 0

    def _announcement(self, research: ResearchRound) -> Research:
        count = len(self.search.retrieved.passages)
        return Research(research.iteration, ROUNDS, research.stage, research.summary, count)

    def _note_written(self, text: str, research: ResearchRound) -> None:
        self.chars += len(text)
        following = research_after(research, text).looking_for
        self.written += [Turn("assistant", text), Turn("user", following)]


def _instruction(research: ResearchRound) -> str:
    template = read_template(f"agent_{research.stage}")
    return template.substitute(iteration=research.iteration)
