"""The calls of tools of one answer, as its row keeps them."""

from __future__ import annotations

from typing import cast

from chat.core.events import Step
from chat.core.json_shapes import StepItem

MAX_STEPS = 200  # of one answer; no loop makes as many


class StepList:
    """The latest state of each step, by its number, in the order in which they began."""

    def __init__(self) -> None:
        self._latest: dict[int, Step] = {}

    def __bool__(self) -> bool:
        return bool(self._latest)

    def add(self, step: Step) -> None:
        """Keep the state of a new step, or in the place of its former one."""
        if step.n in self._latest or len(self._latest) < MAX_STEPS:
            self._latest[step.n] = step

    def items(self, *, has_ended: bool) -> list[StepItem]:
        """The steps as `Message.steps` holds them; one that never ended has failed."""
        return [_item(step, has_ended=has_ended) for step in self._latest.values()]


def _item(step: Step, *, has_ended: bool) -> StepItem:
    item = {key: value for key, value in step.as_json().items() if key != "event"}
    if has_ended and step.state == "running":
        item["state"] = "failed"
    return cast(StepItem, item)
