"""What calls of a model may cost, and have cost. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens, and their price in dollars; 0 where the models file gives no price."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cost + other.cost,
        )


class CapReached(Exception):
    """The budget leaves no room for another call. The message may say which."""


def _keep_nothing(spent: Spent) -> None:
    """For callers that store no costs."""


@dataclass
class Budget:
    """What may be spent; 0: no limit. `on_spent` is told of each call, so that it can be stored.

    No call begins that could end beyond the limit.
    """

    max_tokens: int = 0
    max_cost: float = 0.0
    spent: Spent = field(default_factory=Spent)
    on_spent: Callable[[Spent], None] = _keep_nothing

    def check(self, most: Spent) -> None:
        """Raises CapReached if a call that costs so much could not be paid for."""
        after = self.spent + most
        if (self.max_tokens and after.tokens > self.max_tokens) or self._is_dear(after):
            raise CapReached

    def add(self, spent: Spent) -> None:
        """Count a call."""
        self.spent += spent
        self.on_spent(spent)

    def _is_dear(self, after: Spent) -> bool:
        return bool(self.max_cost) and after.cost > self.max_cost
