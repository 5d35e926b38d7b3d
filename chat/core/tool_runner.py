"""The calls of one turn: carried out at the same time, each told as a step."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chat.core.context_budget import estimate
from chat.core.errors import ChatError
from chat.core.events import Step
from chat.core.messages import format_message
from chat.core.ports import Toolbox, ToolResult
from chat.core.tool_calls import ToolCall, ToolExchange
from chat.core.usage_meter import UsageMeter
from deepwiki.foundation.text import shorten

MAX_ARGUMENT_CHARS = 16_000
MAX_SHOWN_CHARS = 200  # of an argument in a step
MAX_SHOWN_ARGUMENTS = 10
MAX_SHOWN_NUMBER = 10**9
MAX_TIMES = 3  # the same call: the third ends the loop
CALL_SECONDS = 30.0
CANCEL_SECONDS = 0.2
UNKNOWN = "unknown"
STATES = {False: "done", True: "failed"}  # by whether the result is an error
NOT_RUN = "[{count} more calls of this turn were not carried out: at most {limit} at once.]"
TOO_LONG = "error: the arguments are too long. Call the tool again with short ones."
TOO_SLOW = "error: this took too long. Ask for less."
BROKEN = "error: the tool failed. Go on without it."

logger = logging.getLogger(__name__)


@dataclass
class _Call:
    """One call that is being carried out."""

    call: ToolCall
    step: Step
    began_at: float = field(default_factory=time.monotonic)
    text: str = ""

    def end(self, result: ToolResult, state: str) -> Step:
        """Keep the result; the step that tells of it."""
        self.text = result.text
        self.step = replace(
            self.step,
            state=state,
            summary=format_message(result.summary, result.parameters),
            code=result.summary,
            parameters=result.parameters,
            passages=[passage.cite for passage in result.passages],
            ms=round((time.monotonic() - self.began_at) * 1000),
            tokens=estimate(result.text),
        )
        return self.step


@dataclass
class ToolRunner:
    """Carries out the calls of an answer and numbers its steps."""

    toolbox: Toolbox
    meter: UsageMeter
    max_calls: int
    steps: int = 0
    is_repeating: bool = False
    _times: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def run(
        self, text: str, calls: Sequence[ToolCall]
    ) -> AsyncGenerator[Step | ToolExchange]:
        """The steps of a turn's calls, then the exchange that the model reads.

        `text` is what the model wrote besides. At most `max_calls` are carried out. Raises
        the ChatError family where nothing can be read any more. Closing the generator
        cancels the calls.
        """
        running = [self._begin(call) for call in calls[: self.max_calls]]
        for one in running:
            yield one.step
        tasks = [asyncio.create_task(self._finish(one)) for one in running]
        try:
            for task in asyncio.as_completed(tasks):
                yield await task
        finally:
            await _cancel(tasks)
        yield self._exchange(text, running, len(calls) - len(running))

    def _begin(self, call: ToolCall) -> _Call:
        self.steps += 1
        self._note_times(call)
        name = call.name
        if not any(spec.name == name for spec in self.toolbox.specs):
            name = UNKNOWN
        return _Call(call, Step(self.steps, name, shown_arguments(call.arguments), "running"))

    def _note_times(self, call: ToolCall) -> None:
        key = _key(call)
        self._times[key] += 1
        if self._times[key] > 1:
            self.meter.agent_events["repeated_call"] += 1
        self.is_repeating = self.is_repeating or self._times[key] >= MAX_TIMES

    async def _finish(self, one: _Call) -> Step:
        """The step that ends a call, whatever the tool does. Raises the ChatError family."""
        if len(one.call.arguments) > MAX_ARGUMENT_CHARS:
            return one.end(_failure(one, TOO_LONG, "step_wrong_call"), "failed")
        try:
            async with asyncio.timeout(CALL_SECONDS):
                result = await self.toolbox.call(one.call)
        except TimeoutError:
            return one.end(_failure(one, TOO_SLOW, "step_too_slow"), "failed")
        except ChatError:
            raise
        except Exception:
            logger.exception("a tool failed")
            return one.end(_failure(one, BROKEN, "step_broken"), "failed")
        return one.end(result, STATES[result.is_error])

    def _exchange(self, text: str, running: Sequence[_Call], left_out: int) -> ToolExchange:
        results = [one.text for one in running]
        if left_out:
            self.meter.agent_events["calls_left_out"] += left_out
            results[-1] += "\n" + NOT_RUN.format(count=left_out, limit=self.max_calls)
        calls = tuple(_sendable(one.call) for one in running)
        return ToolExchange(text, calls, tuple(results))


def shown_arguments(text: str) -> dict[str, Any]:
    """The arguments of a call as a step shows them; none where they are no JSON object."""
    arguments = _parsed(text)
    if not isinstance(arguments, dict):
        return {}
    shown = [*arguments.items()][:MAX_SHOWN_ARGUMENTS]
    return {key[:MAX_SHOWN_CHARS]: _shown(value) for key, value in shown}


def _parsed(text: str) -> Any:
    """The JSON value; None where it is none, or too long or too deep to be an argument."""
    try:
        value = json.loads(text[:MAX_ARGUMENT_CHARS] or "{}")
        json.dumps(value)  # which goes less deep
    except (ValueError, RecursionError):
        return None
    return value


def _shown(value: Any) -> Any:
    """A flag, a small number or a text; what else there is, as text."""
    if isinstance(value, int) and abs(value) < MAX_SHOWN_NUMBER:
        return value
    return shorten(_as_text(value), MAX_SHOWN_CHARS)


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _sendable(call: ToolCall) -> ToolCall:
    """The call as it is sent back: too long arguments would only cost."""
    if len(call.arguments) <= MAX_ARGUMENT_CHARS:
        return call
    return replace(call, arguments="{}")


def _failure(one: _Call, text: str, summary: str) -> ToolResult:
    return ToolResult(text, summary, {"tool": one.step.tool}, is_error=True)


def _key(call: ToolCall) -> tuple[str, str]:
    """Name and arguments, whatever their order and spacing."""
    return call.name, _normalized(call.arguments)


def _normalized(text: str) -> str:
    value = _parsed(text)
    if value is None:
        return text[:MAX_ARGUMENT_CHARS]
    return json.dumps(value, sort_keys=True)


async def _cancel(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel what still runs, and see it end, for a moment."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=CANCEL_SECONDS)
