"""What fits into a model's context: passages by rank, then history from the newest, then the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chat.core.prompt import PromptPassage
from chat.core.request import Turn

PROMPT_TOKENS = 1_200  # instructions, markers and message framing
PASSAGE_OVERHEAD = 40


@dataclass(frozen=True)
class Fitted:
    """What goes into the prompt, and what had to stay out."""

    passages: tuple[PromptPassage, ...]
    history: tuple[Turn, ...]
    file: PromptPassage | None
    question: str
    left_out: tuple[str, ...]


def estimate(text: str) -> int:
    """Tokens in `text`, rather too many than too few: a token per 3 ASCII characters, one per other character."""
    ascii_chars = len(text.encode("ascii", "ignore"))
    return ascii_chars // 3 + (len(text) - ascii_chars) + 1


def fit(
    *,
    passages: Sequence[PromptPassage],
    history: Sequence[Turn],
    file: PromptPassage | None,
    question: str,
    context: int,
    output: int,
    count: Callable[[str], int] | None = None,
) -> Fitted:
    """Choose what goes in. At least half of what is free goes to passages, a quarter each to history and the file.

    `context` and `output` are the model's limits in tokens. The question always goes in, its middle left out when it
    alone is too long. `count` tells tokens exactly; it is asked only where the estimate says that something must stay
    out.
    """
    rough = _fit(passages, history, file, question, context - output - PROMPT_TOKENS, estimate)
    if not rough.left_out or count is None or count is estimate:
        return rough
    return _fit(passages, history, file, question, context - output - PROMPT_TOKENS, count)


def _fit(
    passages: Sequence[PromptPassage],
    history: Sequence[Turn],
    file: PromptPassage | None,
    question: str,
    room: int,
    count: Callable[[str], int],
) -> Fitted:
    left_out: list[str] = []
    room = max(600, room)
    length = count(question)
    if length > room * 2 // 3:
        question = _without_middle(question, room * 2 // 3 / length)
        left_out.append("the middle of your question")
        length = count(question)
    free = max(200, room - length)
    kept_file = file
    if file is not None and (tokens := count(file.text)) > free // 4:
        kept_file = replace(
            file, text=file.text[: max(200, len(file.text) * (free // 4) // tokens)]
        )
        left_out.append("part of the file")
    kept_history = _newest(history, free // 4, count)
    if len(kept_history) < len(history):
        left_out.append("earlier messages")
    used = sum(count(turn.content) for turn in kept_history) + (
        count(kept_file.text) if kept_file else 0
    )
    kept_passages = _best(passages, free - used, count)
    if len(kept_passages) < len(passages):
        left_out.append("some passages")
    return Fitted(tuple(kept_passages), tuple(kept_history), kept_file, question, tuple(left_out))


def _without_middle(text: str, share: float) -> str:
    """About `share` of a text: its beginning and its end, where questions say what they want."""
    kept = max(100, int(len(text) * share) // 2 - 10)
    return f"{text[:kept]}\n…\n{text[-kept:]}"


def _newest(history: Sequence[Turn], budget: int, count: Callable[[str], int]) -> list[Turn]:
    kept: list[Turn] = []
    for turn in reversed(history):
        cost = count(turn.content) + 8
        if cost > budget:
            break
        budget -= cost
        kept.append(turn)
    return kept[::-1]


def _best(
    passages: Sequence[PromptPassage], budget: int, count: Callable[[str], int]
) -> list[PromptPassage]:
    kept = []
    for passage in passages:
        cost = count(passage.text) + PASSAGE_OVERHEAD
        if cost <= budget:
            budget -= cost
            kept.append(passage)
    return kept
