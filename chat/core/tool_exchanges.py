"""Results of tools within a number of tokens: old ones are shortened before they are dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from chat.core.tool_calls import ToolExchange

HEAD_CHARS = 700
TAIL_CHARS = 300
CUT = "\n[… {chars} characters of this result were left out to save room …]\n"
DROPPED = "[This result was left out to save room. Call the tool again if you need it.]"

Count = Callable[[str], int]


def fit_exchanges(
    exchanges: Sequence[ToolExchange], max_tokens: int, count: Count
) -> list[ToolExchange]:
    """The exchanges with results of at most about `max_tokens`.

    The oldest are shortened to their head and tail first, then dropped, the oldest first;
    those of the last exchange come after all others.
    """
    fitted = list(exchanges)
    tokens = [_tokens(exchange, count) for exchange in fitted]
    for shorten in (shortened, _dropped):
        for number in range(len(fitted)):
            if sum(tokens) <= max_tokens:
                return fitted
            results = tuple(map(shorten, fitted[number].results))
            fitted[number] = replace(fitted[number], results=results)
            tokens[number] = _tokens(fitted[number], count)
    return fitted


def shortened(result: str) -> str:
    """The head and the tail of a long result, and how much is missing between them."""
    missing = len(result) - HEAD_CHARS - TAIL_CHARS
    if missing <= len(CUT):
        return result
    return result[:HEAD_CHARS] + CUT.format(chars=missing) + result[-TAIL_CHARS:]


def _dropped(result: str) -> str:
    return min(result, DROPPED, key=len)


def _tokens(exchange: ToolExchange, count: Count) -> int:
    arguments = [call.arguments for call in exchange.calls]
    return sum(map(count, [exchange.text, *arguments, *exchange.results]))
