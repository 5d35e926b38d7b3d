"""An exercise as data, and as the blocks of a page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deepwiki.wiki.content import BlockRole, ContentBlock, TextBlock
from deepwiki.wiki.pages.slide import TITLE_MARK

MIN_CHOICES, MAX_CHOICES = 2, 6
MAX_EXERCISES = 20


@dataclass(frozen=True, slots=True)
class Question:
    """A question with one right choice; all are Markdown within a line.

    `explanation` says where the answer is seen, cited.
    """

    text: str
    right: str
    wrong: tuple[str, ...]
    explanation: str

    def blocks(self) -> Iterator[ContentBlock]:
        """The question, its choices in an order that does not tell, the explanation."""
        yield TextBlock(self.text, BlockRole.QUESTION)
        choices = [TextBlock(self.right, BlockRole.RIGHT_CHOICE)]
        choices += [TextBlock(each, BlockRole.CHOICE) for each in self.wrong[: MAX_CHOICES - 1]]
        yield from sorted(choices, key=lambda block: self._order_key(block.markdown))
        yield TextBlock(self.explanation, BlockRole.EXPLANATION)

    def _order_key(self, choice: str) -> str:
        return hashlib.sha256(f"{self.right}\n{choice}".encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Exercise:
    """What is learnt, steps that name real files, hints, a question to check oneself.

    All texts are Markdown within a line.
    """

    title: str
    goal: str
    steps: tuple[str, ...]
    hints: tuple[str, ...]
    question: Question

    @property
    def is_whole(self) -> bool:
        """Whether there is something to do, and enough to choose from."""
        return bool(self.steps) and len(self.question.wrong) + 1 >= MIN_CHOICES

    def blocks(self) -> Iterator[ContentBlock]:
        """Its title, goal, steps, hints and question."""
        yield TextBlock(f"{TITLE_MARK}{self.title}")
        yield TextBlock(self.goal, BlockRole.GOAL)
        yield TextBlock("\n".join(f"{at}. {step}" for at, step in enumerate(self.steps, 1)))
        yield from (TextBlock(hint, BlockRole.HINT) for hint in self.hints)
        yield from self.question.blocks()


def exercise_blocks(exercises: Iterable[Exercise]) -> tuple[ContentBlock, ...]:
    """The blocks of a workshop; exercises that are not whole are left out."""
    whole = [exercise for exercise in exercises if exercise.is_whole][:MAX_EXERCISES]
    return tuple(block for exercise in whole for block in exercise.blocks())
