"""The rounds of Deep Research, and which of them a client's conversation is in.

Clients drive research by sending the growing conversation. It is research if one of its
user messages holds the tag, which may be the first alone. A message that asks to continue
the research, and nothing else, continues it: a question with the words "continue" and
"research" does not. Round = 1 + number of assistant messages; 1 plans, 2 to 4 update, 5
concludes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chat.core.request import DEEP_RESEARCH, Turn

ROUNDS = 5
SUMMARY_CHARS = 300
# `Continue the research`, `please continue with your deep research.`
CONTINUATION = re.compile(
    r"\W*(?:please |now |okay,? |ok,? )*continue\b[^\n?]{0,40}\bresearch(?:ing)?\b(?: [^\n?]{0,40})?\W*",
    re.IGNORECASE,
)
LIST_MARK = re.compile(r"^\s*(?:[-*+>#]+\s+|\d{1,3}[.)]\s+|\[[ xX]\]\s+)*")
LINK = re.compile(r"!?\[([^\]\n]{0,200})\]\([^)\n]{0,500}\)")
MARKS = re.compile(r"\*{1,3}|`+|~~|(?<!\w)_{1,2}(?=\S)|(?<=\S)_{1,2}(?!\w)")
Stage = Literal["plan", "update", "conclude"]


@dataclass(frozen=True)
class ResearchRound:
    """A round of Deep Research, from 1, and the topic that all rounds share.

    `looking_for` is what the last round missed; only set where the server drives the
    research.
    """

    iteration: int
    stage: Stage
    topic: str
    looking_for: str = ""

    @property
    def template(self) -> str:
        """The prompt file in chat/prompts, without its ending."""
        return f"research_{self.stage}"

    @property
    def variables(self) -> dict[str, str]:
        """The template's variables besides those of every prompt."""
        return {"iteration": str(self.iteration)} if self.stage == "update" else {}

    @property
    def summary(self) -> str:
        """What the round looks for on one line, for people: without Markdown."""
        lines = map(_plain_line, (self.looking_for or self.topic).split("\n"))
        return "; ".join(filter(None, lines))[:SUMMARY_CHARS]


def _plain_line(line: str) -> str:
    """A line without the marks of a list, of a heading, of emphasis, code and links."""
    text = MARKS.sub("", LINK.sub(r"\1", LIST_MARK.sub("", line)))
    return " ".join(text.split()).rstrip(".;:")


def current_round(messages: Sequence[Turn]) -> ResearchRound | None:
    """The round that a conversation is in; None if it is not research."""
    questions = [turn.content for turn in messages if turn.role == "user"]
    if not any(map(_is_tagged, questions)):
        return None
    iteration = 1 + sum(turn.role == "assistant" for turn in messages)
    return ResearchRound(iteration, _stage(iteration), _topic(questions))


def is_continuation(text: str) -> bool:
    """Whether it is `Continue the research` or the like, with the tag or without it."""
    return CONTINUATION.fullmatch(untagged(text)) is not None


def untagged(text: str) -> str:
    """The text without the tag."""
    return text.replace(DEEP_RESEARCH, "").strip()


def _stage(iteration: int) -> Stage:
    if iteration == 1:
        return "plan"
    return "update" if iteration < ROUNDS else "conclude"


def _topic(questions: Sequence[str]) -> str:
    """The last question; where it is a continuation, the one that it continues.

    That is the first with the tag that is no continuation, or else the first of all.
    """
    first, last = questions[0], questions[-1]
    if not is_continuation(last):
        return untagged(last)
    topics = (text for text in questions if not is_continuation(text))
    return untagged(next(filter(_is_tagged, topics), first))


def _is_tagged(text: str) -> bool:
    return DEEP_RESEARCH in text
