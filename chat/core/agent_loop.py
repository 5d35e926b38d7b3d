"""An agent: the model calls tools, reads what they give, and answers when it knows enough.

    turn (progress, calls) -> results -> turn -> … -> turn (answer)

The last turn is forced, with what there is: after so many turns with calls, when the time
is nearly over, or when the model makes the same call again and again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from chat.core.agent_prompt import AgentPrompt
from chat.core.agent_turn import AgentTurn
from chat.core.context_budget import FittedContent
from chat.core.errors import ContextTooLong, CutOff, ProviderError, RateLimited, Unavailable
from chat.core.events import Delta, Event, LinesRead, Notice
from chat.core.generation import lines_of
from chat.core.prompt import Prompt
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
    _answer: str = ""
    _turns: int = 0
    _reason: str = ""  # why this turn is the last; empty if it may have calls

    async def events(self) -> AsyncGenerator[Event | AgentResult]:
        """Step, Delta, Status and Notice events, then the AgentResult.

        Raises the ChatError family; ToolsUnsupported before anything was shown.
        """
        if self.content.left_out:
            yield Notice.of("context_trimmed", parts=", ".join(self.content.left_out))
        yield LinesRead(lines_of(self.content))
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
        if turn.is_cut:
            yield Notice.of("length_limit")
        yield AgentResult(self._answer, is_cut=turn.is_cut)

    async def _turn(self) -> AsyncGenerator[Event | AgentTurn]:
        """The events of one turn, then the turn. A failure before any answer is tried again."""
        for attempt in range(1, ATTEMPTS + 1):
            turn = AgentTurn(self.prompt.context, self._prompt(), follows=bool(self._answer))
            try:
                async with contextlib.aclosing(turn.events(self._max_chars())) as events:
                    async for event in events:
                        if isinstance(event, Delta):
                            self._note_answer(event.text)
                        yield event
                break
            except ProviderError as error:
                if self._answer or attempt == ATTEMPTS or not _is_passing(error, turn):
                    raise
                self._count("asked_again")
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

    async def _call(self, turn: AgentTurn) -> AsyncGenerator[Event]:
        """Carry out the calls of a turn; their results are in `exchanges` afterwards."""
        self._turns += 1
        if turn.answer:
            self._count("calls_in_answer")
        began_at = time.monotonic()
        try:
            async with contextlib.aclosing(self.runner.run(turn.text, turn.calls)) as items:
                async for item in items:
                    if isinstance(item, ToolExchange):
                        self.exchanges.append(item)
                    else:
                        yield item
        finally:
            self.prompt.context.meter.add_model_seconds(time.monotonic() - began_at)
        self._fit_results()

    def _is_answered(self, turn: AgentTurn) -> bool:
        """Whether a turn without calls ends the answer.

        After an empty one the next is the last; after an empty last one the tools are no
        longer offered. Raises Unavailable.
        """
        if self._answer.strip():
            self._count(f"end_{self._reason or 'answered'}")
            return True
        self._count("empty_turn")
        if self._reason == WITHOUT_TOOLS:
            raise Unavailable(EMPTY_REASONS[turn.called_in_vain])
        self._reason = (self._reason and WITHOUT_TOOLS) or "empty"
        return False

    def _reason_to_finish(self) -> str:
        limits, meter = self.prompt.context.limits, self.prompt.context.meter
        reserve = min(FINISH_SECONDS, limits.seconds * FINISH_SHARE)
        if self._turns >= self.prompt.task.turns:
            return "turns"
        if self.runner.is_repeating:
            return "repeating"
        if meter.model_seconds > limits.seconds - reserve:
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
        if not self._answer:
            self.prompt.context.meter.note_first_token()
        self._answer += text

    def _max_chars(self) -> int:
        return self.prompt.context.limits.chars - self.written - len(self._answer)

    def _count(self, what: str) -> None:
        self.prompt.context.meter.agent_events[what] += 1


def _is_passing(error: ProviderError, turn: AgentTurn) -> bool:
    """Whether asking again may help: adapters do so themselves before the first piece."""
    if isinstance(error, ContextTooLong):
        return True
    return turn.has_pieces and _is_transient(error)


def _is_transient(error: ProviderError) -> bool:
    return isinstance(error, TRANSIENT) and error.reason not in FINAL_REASONS
