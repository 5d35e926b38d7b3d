"""An agent: the model calls tools, reads what they give, and answers when it knows enough.

    turn (progress, calls) -> results -> turn -> … -> turn (answer)

The last turn is forced, with what there is: after so many turns with calls, when the time
is nearly over, or when the model makes the same call again and again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

from chat.core.agent_prompt import AgentPrompt
from chat.core.agent_turn import AgentTurn
from chat.core.context_budget import FittedContent
from chat.core.errors import ContextTooLong, CutOff, ProviderError, RateLimited, Unavailable
from chat.core.events import Delta, Event, LinesRead, Notice, Step
from chat.core.generation import lines_of
from chat.core.left_out import trimmed_notice
from chat.core.prompt import Prompt
from chat.core.read_lines import ReadLines, parse_place
from chat.core.tool_calls import ToolExchange
from chat.core.tool_runner import ToolRunner

# The answer's own time: before it is up, the last turn begins.
FINISH_SECONDS = 240.0
FINISH_SHARE = 0.3  # of a shorter time
ATTEMPTS = 2  # of one turn
WITHOUT_TOOLS = "without_tools"  # the last turn, repeated for a model that wrote nothing
EMPTY_REASONS = {False: "empty_answer", True: "tool_not_offered"}  # by whether it made calls
TRANSIENT = (CutOff, Unavailable, RateLimited)
# Asking again would fail the same way, or be paid for twice.
FINAL_REASONS = frozenset(
    "call_too_long answer_too_long silent_in_answer silent_before_answer length_in_thoughts".split()
)


@dataclass(frozen=True)
class AgentResult:
    """The last item of an agent: its answer. `is_cut`: it ends at the model's limit."""

    text: str
    is_cut: bool = False


@dataclass
class AgentLoop:
    """One answer, or one stage of a research. `exchanges` may hold those of stages before.

    `content` is what fits the prompt; `written` are the characters of earlier stages.
    """

    prompt: AgentPrompt
    content: FittedContent
    runner: ToolRunner
    exchanges: list[ToolExchange] = field(default_factory=list)
    written: int = 0
    is_cut: bool = False
    answer: str = ""
    read: ReadLines = field(default_factory=ReadLines)
    _turns: int = 0
    _reason: str = ""  # why this turn is the last; empty if it may have calls

    async def events(self) -> AsyncGenerator[Event | AgentResult]:
        """Step, Delta, Status and Notice events, then the AgentResult.

        Raises the ChatError family; ToolsUnsupported before anything was shown.
        """
        if self.content.left_out:
            yield trimmed_notice(self.content.left_out)
        lines = lines_of(self.content)
        self.read = self.read.adding(lines)
        yield LinesRead(lines)
        while True:
            self._reason = self._reason or self._reason_to_finish()
            turn: AgentTurn | None = None
            async with contextlib.aclosing(self._turn()) as items:
                async for item in items:
                    if isinstance(item, AgentTurn):
                        turn = item
                    else:
                        yield item
            assert turn is not None
            if turn.calls:
                async with contextlib.aclosing(self._call(turn)) as steps:
                    async for step in steps:
                        yield step
            elif self._is_answered(turn):
                break
        self.is_cut = turn.is_cut
        if turn.is_cut:
            yield Notice.of("length_limit")
        yield AgentResult(self.answer, is_cut=turn.is_cut)

    async def _turn(self) -> AsyncGenerator[Event | AgentTurn]:
        """The events of one turn, then the turn. A failure before any answer is tried again."""
        for attempt in range(1, ATTEMPTS + 1):
            turn = AgentTurn(self.prompt.context, self._prompt(), follows=bool(self.answer))
            try:
                async with contextlib.aclosing(turn.events(self.max_chars)) as events:
                    async for event in events:
                        if isinstance(event, Delta):
                            self._note_answer(event.text)
                        yield event
                break
            except ProviderError as error:
                if self.answer or attempt == ATTEMPTS or not _is_passing(error, turn):
                    raise
                self.count("asked_again")
                if isinstance(error, ContextTooLong):
                    yield Notice.of("context_retry")
                    await self._shrink()
        yield turn

    def _prompt(self) -> Prompt:
        offers_tools = self._reason != WITHOUT_TOOLS
        last = bool(self._reason)
        return self.prompt.build(
            self.content, self.exchanges, is_final=last, offers_tools=offers_tools
        )

    async def _call(self, turn: AgentTurn) -> AsyncGenerator[Step]:
        """Carry out the calls of a turn; their results are in `exchanges` afterwards."""
        self._turns += 1
        if turn.answer:
            self.count("calls_in_answer")
        began_at = time.monotonic()
        try:
            async with contextlib.aclosing(self.runner.run(turn.text, turn.calls)) as items:
                async for item in items:
                    if isinstance(item, ToolExchange):
                        self.exchanges.append(item)
                    else:
                        self._note_read(item)
                        yield item
        finally:
            self.prompt.context.meter.add_model_seconds(time.monotonic() - began_at)
        self._fit_results()

    def _is_answered(self, turn: AgentTurn) -> bool:
        """Whether a turn without calls ends the answer.

        After an empty one the next is the last; after an empty last one the tools are no
        longer offered. Raises Unavailable.
        """
        if self.answer.strip():
            self.count(f"end_{self._reason or 'answered'}")
            return True
        self.count("empty_turn")
        if self._reason == WITHOUT_TOOLS:
            raise Unavailable(EMPTY_REASONS[turn.called_in_vain])
        self._reason = (self._reason and WITHOUT_TOOLS) or "empty"
        return False

    @property
    def has_time(self) -> bool:
        """Whether another turn fits into the time of the answer."""
        limits, meter = self.prompt.context.limits, self.prompt.context.meter
        reserve = min(FINISH_SECONDS, limits.seconds * FINISH_SHARE)
        return meter.model_seconds <= limits.seconds - reserve

    def add(self, exchange: ToolExchange) -> None:
        """Put another exchange before the model."""
        self.exchanges.append(exchange)
        self._fit_results()

    def last_prompt(self) -> Prompt:
        """The prompt of one more turn, without calls, behind the exchanges as they are."""
        prompt = self.prompt.build(self.content, self.exchanges, is_final=False, offers_tools=True)
        return replace(prompt, is_final=True)

    def _note_read(self, step: Step) -> None:
        self.read = self.read.adding(filter(None, map(parse_place, step.passages)))

    def _reason_to_finish(self) -> str:
        if self._turns >= self.prompt.task.turns:
            return "turns"
        if self.runner.is_repeating:
            return "repeating"
        if not self.has_time:
            return "time"
        return ""

    async def _shrink(self) -> None:
        """Half of the context: the service counts tokens in another way than we do."""
        self.prompt = self.prompt.halved()
        self.content = await self.prompt.fit()
        self._fit_results()

    def _fit_results(self) -> None:
        self.exchanges[:] = self.prompt.fit_results(self.exchanges, self.content)

    def _note_answer(self, text: str) -> None:
        if not self.answer:
            self.prompt.context.meter.note_first_token()
        self.answer += text

    @property
    def max_chars(self) -> int:
        """How much longer the answer may become."""
        return self.prompt.context.limits.chars - self.written - len(self.answer)

    def count(self, what: str) -> None:
        """Note what happened, for the metrics."""
        self.prompt.context.meter.agent_events[what] += 1


def _is_passing(error: ProviderError, turn: AgentTurn) -> bool:
    """Whether asking again may help: adapters do so themselves before the first piece."""
    if isinstance(error, ContextTooLong):
        return True
    return turn.has_pieces and _is_transient(error)


def _is_transient(error: ProviderError) -> bool:
    return isinstance(error, TRANSIENT) and error.reason not in FINAL_REASONS
