"""The answer of an agent: one search, as for every answer, then the loop.

A model without tools gets the answer of one search instead, and the answer says so.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from chat.core.agent_loop import AgentLoop, AgentResult
from chat.core.agent_prompt import AgentPrompt, AgentTask
from chat.core.citation_review import review_citations
from chat.core.completion import AnswerContext
from chat.core.events import Done, Event, Notice, Step
from chat.core.generation import RoundInput, RoundResult, generate
from chat.core.messages import Parameters, format_message
from chat.core.passage_choice import CANDIDATES, retrieve
from chat.core.ports import Retrieved
from chat.core.prompt import PromptPassage
from chat.core.query_rewriting import rewrite
from chat.core.retrieval_events import notices, sources
from chat.core.tool_fallback import unless_refused
from chat.core.tool_runner import ToolRunner
from deepwiki.foundation.text import one_line

MAX_QUERY_CHARS = 60  # of a query in a step
Item = Event | AgentResult | RoundResult


async def run_agent(context: AnswerContext) -> AsyncGenerator[Event]:
    """The events of one answer, from the search to its usage. Raises the ChatError family."""
    search = FirstSearch(context, context.request.question)
    async with contextlib.aclosing(search.events()) as events:
        async for event in events:
            yield event
    is_cut = False
    async with contextlib.aclosing(_answered(context, search)) as items:
        async for item in items:
            if isinstance(item, AgentResult | RoundResult):
                is_cut = item.is_cut
            else:
                yield item
    assert context.meter.usage is not None
    yield context.meter.usage
    if is_cut:
        yield Done("partial")


def _answered(context: AnswerContext, search: FirstSearch) -> AsyncGenerator[Item]:
    """The answer of the loop, or, without tools, of the one search."""
    return unless_refused(context, _loop(context, search), lambda: _one_search(context, search))


async def _one_search(context: AnswerContext, search: FirstSearch) -> AsyncGenerator[Item]:
    yield Notice.of("tools_unsupported")
    round_input = RoundInput(
        context.request.question, search.query, search.passage_limit, context.history
    )
    async with contextlib.aclosing(generate(context, round_input, search.retrieved)) as items:
        async for item in items:
            yield item


async def _loop(context: AnswerContext, search: FirstSearch) -> AsyncGenerator[Item]:
    assert context.tools is not None
    task = AgentTask(context.request.question, context.history, context.agent_limits.turns)
    tools = await context.tools.load(search.retrieved)
    prompt = AgentPrompt(context, search.retrieved, tools, task, context.model.context)
    content = await prompt.fit()
    yield search.done(content.passages)
    runner = ToolRunner(tools.toolbox, context.meter, context.agent_limits.calls, steps=1)
    loop = AgentLoop(prompt, content, runner)
    async with contextlib.aclosing(loop.events()) as items:
        async for item in items:
            yield item
    async with contextlib.aclosing(review_citations(loop)) as events:
        async for event in events:
            yield event


class FirstSearch:
    """The search that comes before the first turn, told as step 1."""

    retrieved: Retrieved

    def __init__(
        self, context: AnswerContext, question: str, passage_limit: int = CANDIDATES
    ) -> None:
        self.passage_limit = passage_limit
        self.query = question
        self._context = context
        self.question = question
        self._step = Step(1, "search_code", {"query": self._shown}, "running")
        self._began_at = time.monotonic()

    async def events(self) -> AsyncGenerator[Event]:
        """The step that begins, the progress of indexing, sources and notices."""
        context = self._context
        yield self._step
        self.query = await rewrite(context, self.question)
        retrieval = retrieve(context, self.query, self.passage_limit)
        async with contextlib.aclosing(retrieval) as steps:
            async for step in steps:
                if isinstance(step, Retrieved):
                    self.retrieved = step
                else:
                    yield step
        yield sources(self.retrieved)
        for notice in notices(self.retrieved, is_generative=True):
            yield notice

    def done(self, passages: Sequence[PromptPassage]) -> Step:
        """The step that ends, with the passages that the model reads."""
        count, files = len(passages), len({passage.path for passage in passages})
        is_question = self.question == self._context.request.question
        code = f"{'step_asked' if is_question else 'step_searched'}{_ending(count, files)}"
        parameters: Parameters = {"query": self._shown, "count": count, "files": files}
        return replace(
            self._step,
            state="done",
            summary=format_message(code, parameters),
            code=code,
            parameters=parameters,
            passages=[passage.cite for passage in passages],
            ms=round((time.monotonic() - self._began_at) * 1000),
        )

    @property
    def _shown(self) -> str:
        return one_line(self.question, MAX_QUERY_CHARS)


def _ending(count: int, files: int) -> str:
    """What the code of a summary ends with, by how much was found."""
    if files != 1:
        return ""
    return "_one" if count == 1 else "_one_file"
