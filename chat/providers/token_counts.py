"""Token counts as services report them."""

from __future__ import annotations

import math
from typing import Any

from chat.core.ports import Tokens

MAX_TOKENS = 1_000_000_000

Json = dict[str, Any]


def tokens_of(event: Json) -> Tokens | None:
    """The counts in an event of a stream; None where it holds none."""
    usage = event.get("usage")
    if not isinstance(usage, dict):
        return None
    read = _count(usage, "prompt_tokens", "input_tokens")
    written = _count(usage, "completion_tokens", "output_tokens")
    if read is None and written is None:
        return None
    return Tokens(read, written)


def _count(usage: Json, *names: str) -> int | None:
    """The first of the counts that is one."""
    counts = (token_count(usage.get(name)) for name in names)
    return next((count for count in counts if count is not None), None)


def token_count(value: Any) -> int | None:
    """A count of tokens; None for what cannot be one. Numbers also come as strings."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not math.isfinite(value) or not 0 <= value <= MAX_TOKENS:
        return None
    return int(value)
