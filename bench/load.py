"""How long and how often a soak asks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """`rate` questions a second for `minutes`, after the warm-up."""

    minutes: int
    rate: float
