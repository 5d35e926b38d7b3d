"""What fits into a model's context: passages by rank, history from the newest, then the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chat.core.prompt import PromptContent, PromptPassage
from chat.core.request import Turn

# All in tokens.
INSTRUCTIONS = 1_200  # the template, markers and message framing
PASSAGE_OVERHEAD = 40
TURN_OVERHEAD = 8
LEAST_INPUT = 600
LEAST_FREE = 200
LEAST_FILE_CHARS = 200

Count = Callable[[str], int]


@dataclass(frozen=True)
class FittedContent(PromptContent):
    """Content that fits; `left_out` names, for people, what did not."""

    left_out: tuple[str, ...] = ()


def estimate(text: str) -> int:
    """Tokens in `text`, an upper estimate: one per 3 ASCII and one per other character."""
    ascii_chars = len(text.encode("ascii", "ignore"))
    return ascii_chars // 3 + (len(text) - ascii_chars) + 1


def fit(
    content: PromptContent, *, context: int, output: int, count: Count | None = None
) -> FittedContent:
    """The part of `content` that fits a model with these limits in tokens.

    Of what the question leaves free, history and file get up to a quarter each, passages the
    rest. A question that is too long by itself loses its middle. `count` counts tokens exactly;
    it is called only where the estimate says that something must be left out.
    """
    available = max(LEAST_INPUT, context - output - INSTRUCTIONS)
    fitted = _fit(content, available, estimate)
    if not fitted.left_out or count is None or count is estimate:
        return fitted
    return _fit(content, available, count)


def _fit(content: PromptContent, available: int, count: Count) -> FittedContent:
    question, question_tokens = _fit_question(content.question, available * 2 // 3, count)
    free = max(LEAST_FREE, available - question_tokens)
    file = _fit_file(content.file, free // 4, count)
    history = _newest(content.history, free // 4, count)
    used = sum(count(turn.content) for turn in history)
    if file is not None:
        used += count(file.text)
    passages = _best(content.passages, free - used, count)
    fitted = FittedContent(question, passages, history, file)
    return replace(fitted, left_out=_left_out(content, fitted))


def _fit_question(question: str, limit: int, count: Count) -> tuple[str, int]:
    """The question, shortened to about `limit` tokens, and its tokens.

    Beginning and end stay: that is where questions say what they ask.
    """
    tokens = count(question)
    if tokens <= limit:
        return question, tokens
    half = max(100, int(len(question) * limit / tokens) // 2 - 10)
    shortened = f"{question[:half]}\n…\n{question[-half:]}"
    return shortened, count(shortened)


def _fit_file(file: PromptPassage | None, limit: int, count: Count) -> PromptPassage | None:
    if file is None:
        return None
    tokens = count(file.text)
    if tokens <= limit:
        return file
    chars = max(LEAST_FILE_CHARS, len(file.text) * limit // tokens)
    return replace(file, text=file.text[:chars])


def _newest(history: Sequence[Turn], limit: int, count: Count) -> list[Turn]:
    turns: list[Turn] = []
    for turn in reversed(history):
        tokens = count(turn.content) + TURN_OVERHEAD
        if tokens > limit:
            break
        limit -= tokens
        turns.append(turn)
    return turns[::-1]


def _best(passages: Sequence[PromptPassage], limit: int, count: Count) -> list[PromptPassage]:
    fitting = []
    for passage in passages:
        tokens = count(passage.text) + PASSAGE_OVERHEAD
        if tokens <= limit:
            limit -= tokens
            fitting.append(passage)
    return fitting


def _left_out(content: PromptContent, fitted: PromptContent) -> tuple[str, ...]:
    parts = []
    if fitted.question != content.question:
        parts.append("the middle of your question")
    if fitted.file is not content.file:
        parts.append("part of the file")
    if len(fitted.history) < len(content.history):
        parts.append("earlier messages")
    if len(fitted.passages) < len(content.passages):
        parts.append("some passages")
    return tuple(parts)
