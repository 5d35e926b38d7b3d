"""Deep Research as clients drive it: they send the growing conversation, we tell from it which round it is.

A conversation is research when one of its user messages holds the tag; only a message that starts with it can ask for
the next round, so a genuine question holding the words "continue" and "research" is none. Round = 1 + number of
assistant messages; 1 plans, 2 to 4 update, 5 concludes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chat.core.request import DEEP_RESEARCH, Turn

ROUNDS = 5
Stage = Literal["plan", "update", "conclude"]


@dataclass(frozen=True)
class Round:
    """Which round this is, and the topic every round is about."""

    iteration: int
    stage: Stage
    topic: str

    @property
    def variables(self) -> dict[str, str]:
        """What the template asks for besides what every prompt has."""
        return {"iteration": str(self.iteration)} if self.stage == "update" else {}

    @property
    def template(self) -> str:
        return f"research_{self.stage}"


def current_round(messages: Sequence[Turn]) -> Round | None:
    """The round a conversation is in, None when it is no research."""
    asked = [turn.content for turn in messages if turn.role == "user"]
    if not any(DEEP_RESEARCH in text for text in asked):
        return None
    last = messages[-1].content
    topic = untagged(last)
    if is_continuation(last):
        topic = next((untagged(text) for text in asked if "continue" not in text.lower()), topic)
    iteration = 1 + sum(turn.role == "assistant" for turn in messages)
    stage: Stage = "plan" if iteration == 1 else "update" if iteration < ROUNDS else "conclude"
    return Round(iteration, stage, topic)


def is_continuation(text: str) -> bool:
    """`[DEEP RESEARCH] Continue the research`, as clients send it for each further round."""
    lowered = untagged(text).lower()
    return (
        text.lstrip().startswith(DEEP_RESEARCH) and "continue" in lowered and "research" in lowered
    )


def untagged(text: str) -> str:
    """The text without the tag."""
    return text.replace(DEEP_RESEARCH, "").strip()
