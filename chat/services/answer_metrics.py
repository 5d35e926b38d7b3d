"""What the events of answers tell the metrics."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from chat.core.errors import ChatError
from chat.core.events import Delta, Done, Event, Step
from chat.core.usage_meter import UsageMeter
from deepwiki.foundation import metrics

MILLISECONDS = 1_000


async def measured(
    provider: str, meter: UsageMeter, events: AsyncGenerator[Event]
) -> AsyncGenerator[Event]:
    """Pass the events of an answer on and count what they tell in the metrics."""
    counts = _Counts(provider)
    metrics.running_answers.inc()
    try:
        async with contextlib.aclosing(events):
            async for event in events:
                counts.add(event)
                yield event
        counts.state = counts.end
    except ChatError as error:
        counts.state = "partial"
        metrics.errors.labels(error.code).inc()
        raise
    finally:
        metrics.running_answers.dec()
        metrics.answers.labels(provider, counts.state).inc()
        _count_agent_events(meter)


@dataclass
class _Counts:
    """Counts the events of one answer. `end` is the state that they tell."""

    provider: str
    state: str = "stopped"
    end: str = "complete"
    _is_first: bool = True
    _started_at: float = field(default_factory=time.perf_counter)

    def add(self, event: Event) -> None:
        match event:
            case Delta():
                self._note_first_token()
            case Step(state="done" | "failed"):
                _count_step(event)
            case Done(state):
                self.end = state

    def _note_first_token(self) -> None:
        if self._is_first:
            self._is_first = False
            seconds = time.perf_counter() - self._started_at
            metrics.first_token_seconds.labels(self.provider).observe(seconds)


def _count_step(step: Step) -> None:
    metrics.tool_calls.labels(step.tool, step.state).inc()
    metrics.tool_seconds.labels(step.tool).observe((step.ms or 0) / MILLISECONDS)


def _count_agent_events(meter: UsageMeter) -> None:
    for name, count in meter.agent_events.items():
        metrics.agent_events.labels(name).inc(count)
