"""What fits into a model's context: passages by rank, the newest history, the file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from chat.core.attached import AttachedText, Attachments
from chat.core.left_out import LeftOut, left_out
from chat.core.prompt import PromptContent, PromptPassage
from chat.core.request import Turn
from deepwiki.foundation.text import estimated_tokens

# All in tokens.
INSTRUCTIONS = 1_200  # the template, markers and message framing
PASSAGE_OVERHEAD = 40
TURN_OVERHEAD = 8
LEAST_INPUT = 600
LEAST_FREE = 200
LEAST_FILE_CHARS = 200
LEAST_QUESTION_CHARS = 100  # at each end
LEAST_TURN_CHARS = 400  # of a turn that is shortened
LEAST_ATTACHED_CHARS = 400
IMAGE_TOKENS = 1_500  # what services count for a large image, about

Count = Callable[[str], int]
estimate: Count = estimated_tokens  # the count for models whose tokenizer is not known


@dataclass(frozen=True)
class FittedContent(PromptContent):
    """Content that fits; `left_out` counts what did not."""

    left_out: LeftOut = field(default_factory=dict)


def fit(
    content: PromptContent, *, context: int, output: int, count: Count | None = None
) -> FittedContent:
    """The part of `content` that fits a model with these limits in tokens.

    Of what the question leaves free, history and file get up to a quarter each,
    passages the rest. A question that is too long by itself loses its middle. `count`
    counts tokens exactly; it is called only where the estimate says that something must
    be left out.
    """
    available = max(LEAST_INPUT, context - output - INSTRUCTIONS)
    fitted = _Budget(estimate).fit(content, available)
    if not fitted.left_out or count is None or count is estimate:
        return fitted
    return _Budget(count).fit(content, available)


async def fit_counted(
    content: PromptContent, *, context: int, output: int, count: Count
) -> FittedContent:
    """As `fit`; where `count` is called, in a thread, since it takes milliseconds."""
    fitted = fit(content, context=context, output=output)
    if not fitted.left_out or count is estimate:
        return fitted
    return await asyncio.to_thread(fit, content, context=context, output=output, count=count)


def best_within(passages: Sequence[PromptPassage], tokens: int) -> tuple[PromptPassage, ...]:
    """The best passages up to the first that exceeds so many tokens, by estimate."""
    best = []
    for passage in passages:
        tokens -= estimate(passage.text) + estimate(passage.path) + PASSAGE_OVERHEAD
        if tokens < 0:
            break
        best.append(passage)
    return tuple(best)


@dataclass(frozen=True)
class _Budget:
    """Distributes tokens among the parts of a prompt. Limits are in tokens."""

    count: Count

    def fit(self, content: PromptContent, available: int) -> FittedContent:
        question, question_tokens = self._fit_question(content.question, available * 2 // 3)
        images = content.attachments.images
        free = max(LEAST_FREE, available - question_tokens - IMAGE_TOKENS * len(images))
        texts = self._fit_texts(content.attachments.texts, free // 2)
        free = max(LEAST_FREE, free - sum(self.count(attached.text) for attached in texts))
        file = self._fit_file(content.file, free // 4)
        history = self._newest(content.history, free // 4)
        passages = self._best(content.passages, free - self._used(history, file))
        attachments = Attachments(texts, images)
        fitted = FittedContent(question, passages, history, file, attachments)
        return replace(fitted, left_out=left_out(content, fitted))

    def _fit_question(self, question: str, limit: int) -> tuple[str, int]:
        """The question, shortened to about `limit` tokens, and its tokens.

        Beginning and end stay: that is where questions say what they ask.
        """
        tokens = self.count(question)
        if tokens <= limit:
            return question, tokens
        half = max(LEAST_QUESTION_CHARS, int(len(question) * limit / tokens) // 2 - 10)
        shortened = f"{question[:half]}\n…\n{question[-half:]}"
        return shortened, self.count(shortened)

    def _fit_file(self, file: PromptPassage | None, limit: int) -> PromptPassage | None:
        if file is None:
            return None
        tokens = self.count(file.text)
        if tokens <= limit:
            return file
        chars = max(LEAST_FILE_CHARS, len(file.text) * limit // tokens)
        text = file.text[:chars]
        return replace(file, text=text, end=file.start + text.count("\n"))

    def _fit_texts(self, texts: Sequence[AttachedText], limit: int) -> tuple[AttachedText, ...]:
        """The attached texts; the beginnings of those that are longer than their share."""
        fitted = []
        for number, attached in enumerate(texts):
            text = self._beginning(attached.text, limit // (len(texts) - number))
            limit = max(0, limit - self.count(text))
            fitted.append(replace(attached, text=text))
        return tuple(fitted)

    def _beginning(self, text: str, limit: int) -> str:
        tokens = self.count(text)
        if tokens <= limit:
            return text
        return f"{text[: max(LEAST_ATTACHED_CHARS, len(text) * limit // tokens)]}\n…"

    def _newest(self, history: Sequence[Turn], limit: int) -> list[Turn]:
        """The newest turns; the oldest of them is shortened to what is free."""
        turns: list[Turn] = []
        for turn in reversed(history):
            tokens = self.count(turn.content)
            if tokens + TURN_OVERHEAD > limit:
                turns.extend(_shortened(turn, tokens, limit - TURN_OVERHEAD))
                break
            limit -= tokens + TURN_OVERHEAD
            turns.append(turn)
        return turns[::-1]

    def _best(self, passages: Sequence[PromptPassage], limit: int) -> list[PromptPassage]:
        fitting = []
        for passage in passages:
            head = f"{passage.cite} {passage.symbol}"
            tokens = self.count(passage.text) + self.count(head) + PASSAGE_OVERHEAD
            if tokens <= limit:
                limit -= tokens
                fitting.append(passage)
        return fitting

    def _used(self, history: Sequence[Turn], file: PromptPassage | None) -> int:
        texts = [turn.content for turn in history]
        if file is not None:
            texts.append(file.text)
        return sum(map(self.count, texts))


def _shortened(turn: Turn, tokens: int, limit: int) -> Sequence[Turn]:
    """The beginning of a turn of so many tokens; nothing where less than a passage is free."""
    chars = len(turn.content) * limit // tokens
    if chars < LEAST_TURN_CHARS:
        return ()
    return (replace(turn, content=f"{turn.content[:chars]}\n…"),)
