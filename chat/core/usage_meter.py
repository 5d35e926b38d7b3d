"""Tokens and times of one question, added up over all calls to the model."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

from chat.core.events import Usage


class UsageMeter:
    """What a question has cost so far.

    The caller of the pipeline owns it and reads `usage` when the answer ends, also when
    it was stopped or failed. Times count from the meter's construction.
    """

    def __init__(self) -> None:
        self._started_at = time.monotonic()
        self._usage: Usage | None = None
        self._first_token_at: float | None = None  # where it is not that of a call
        self.model_seconds = 0.0  # that completions, and the calls of an agent, have taken
        self.agent_events: Counter[str] = Counter()  # what an agent did, for the metrics

    @property
    def usage(self) -> Usage | None:
        """The sum of all recorded calls; None before the first."""
        return self._usage

    def elapsed_ms(self) -> int:
        """Milliseconds since the question."""
        return self._ms(time.monotonic())

    def add_model_seconds(self, seconds: float) -> None:
        """Add the time of one completion, or of calls of tools."""
        self.model_seconds += seconds

    def note_first_token(self) -> None:
        """The answer begins now; not all that the model wrote before was answer."""
        self._first_token_at = time.monotonic()
        if self._usage is not None:
            self._usage = self._with_times(self._usage, self._first_token_at)

    def record_usage(
        self,
        input_tokens: int | None,
        output_tokens: int | None,
        first_token_at: float | None = None,
    ) -> None:
        """Add one call. None means unknown.

        `first_token_at` (time.monotonic) is given for calls that write the answer, not
        for helper calls such as query rewriting.
        """
        usage = self._usage or Usage()
        first_token_at = first_token_at or self._first_token_at
        if first_token_at is not None:
            usage = self._with_times(usage, first_token_at)
        self._usage = replace(
            usage,
            input_tokens=_add(usage.input_tokens, input_tokens),
            output_tokens=_add(usage.output_tokens, output_tokens),
        )

    def _with_times(self, usage: Usage, first_token_at: float) -> Usage:
        first_token_ms = usage.first_token_ms
        if first_token_ms is None:
            first_token_ms = self._ms(first_token_at)
        return replace(usage, first_token_ms=first_token_ms, total_ms=self.elapsed_ms())

    def _ms(self, moment: float) -> int:
        return round((moment - self._started_at) * 1000)


def _add(total: int | None, count: int | None) -> int | None:
    if total is None:
        return count
    return total + (count or 0)
