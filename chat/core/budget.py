"""What fits into a model's context: passages by rank, then history from the newest, then the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chat.core.prompt import Passage
from chat.core.request import Turn

PROMPT_TOKENS = 1_200  # instructions, markers and message framing
PASSAGE_OVERHEAD = 40


@dataclass(frozen=True)
class Fitted:
    """What goes into the prompt, and what had to stay out."""

    passages: tuple[Passage, ...]
    history: tuple[Turn, ...]
    file: Passage | None
    left_out: tuple[str, ...]


def estimate(text: str) -> int:
    """Tokens in `text`, rather too many than too few: a token per 3 ASCII characters, one per other character."""
    ascii_chars = len(text.encode("ascii", "ignore"))
    return ascii_chars // 3 + (len(text) - ascii_chars) + 1


def fit(
    *,
    passages: Sequence[Passage],
    history: Sequence[Turn],
    file: Passage | None,
    question: str,
    context: int,
    output: int,
) -> Fitted:
    """Choose what goes in. At least half of what is free goes to passages, a quarter each to history and the file.

    `context` and `output` are the model's limits in tokens. The question always goes in.
    """
    free = max(500, context - output - PROMPT_TOKENS - estimate(question))
    left_out: list[str] = []
    kept_file = file
    if file is not None and estimate(file.text) > free // 4:
        kept_file = replace(file, text=file.text[: max(200, free // 4 * 3)])
        left_out.append("part of the file")
    kept_history = _newest(history, free // 4)
    if len(kept_history) < len(history):
        left_out.append("earlier messages")
    used = sum(estimate(turn.content) for turn in kept_history) + (estimate(kept_file.text) if kept_file else 0)
    kept_passages = _best(passages, free - used)
    if len(kept_passages) < len(passages):
        left_out.append("some passages")
    return Fitted(tuple(kept_passages), tuple(kept_history), kept_file, tuple(left_out))


def _newest(history: Sequence[Turn], budget: int) -> list[Turn]:
    kept: list[Turn] = []
    for turn in reversed(history):
        cost = estimate(turn.content) + 8
        if cost > budget:
            break
        budget -= cost
        kept.append(turn)
    return kept[::-1]


def _best(passages: Sequence[Passage], budget: int) -> list[Passage]:
    kept = []
    for passage in passages:
        cost = estimate(passage.text) + PASSAGE_OVERHEAD
        if cost <= budget:
            budget -= cost
            kept.append(passage)
    return kept
