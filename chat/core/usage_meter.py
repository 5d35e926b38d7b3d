"""Tokens and times of one question, added up over all calls to the model."""

from __future__ import annotations

import time

from chat.core.events import Usage


class UsageMeter:
    """What a question has cost so far.

    The caller of the pipeline owns it and reads `usage` when the answer ends, also when it was
    stopped or failed. Times count from the meter's construction.
    """

    def __init__(self) -> None:
        self._started_at = time.monotonic()
        self._usage: Usage | None = None

    @property
    def usage(self) -> Usage | None:
        """The sum of all recorded calls; None before the first."""
        return self._usage

    def elapsed_ms(self) -> int:
        """Milliseconds since the question."""
        return self._ms(time.monotonic())

    def record_usage(
        self,
        input_tokens: int | None,
        output_tokens: int | None,
        first_token_at: float | None = None,
    ) -> None:
        """Add one call. None means unknown.

        `first_token_at` (time.monotonic) is given for calls that write the answer, not for
        helper calls such as query rewriting.
        """
        sum_ = self._usage or Usage()
        first_ms, total_ms = sum_.first_token_ms, sum_.total_ms
        if first_token_at is not None:
            total_ms = self.elapsed_ms()
            if first_ms is None:
                first_ms = self._ms(first_token_at)
        self._usage = Usage(
            _add(sum_.input_tokens, input_tokens),
            _add(sum_.output_tokens, output_tokens),
            first_ms,
            total_ms,
        )

    def _ms(self, moment: float) -> int:
        return round((moment - self._started_at) * 1000)


def _add(total: int | None, count: int | None) -> int | None:
    if total is None:
        return count
    return total + (count or 0)
