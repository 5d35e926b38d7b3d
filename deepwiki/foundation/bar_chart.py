"""Small bar charts, drawn as SVG by a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# In units of the drawing, which is scaled to the room there is.
HEIGHT = 40
STEP = 12
BAR_WIDTH = 9
LEAST_HEIGHT = 1  # of a value above 0


@dataclass(frozen=True)
class Bar:
    """One value: where it is drawn, and what is said of it."""

    x: int
    y: float
    height: float
    label: str


@dataclass(frozen=True)
class BarChart:
    """Bars from the left, the highest as high as the drawing. `total` is what they add up to,
    as it is shown, and `address` where more is told."""

    title: str
    bars: tuple[Bar, ...]
    total: str = ""
    address: str = ""
    height: int = HEIGHT
    bar_width: int = BAR_WIDTH

    @property
    def width(self) -> int:
        return STEP * max(1, len(self.bars))

    @property
    def words(self) -> str:
        """All values, for who does not see the drawing."""
        return f"{self.title}: {'; '.join(bar.label for bar in self.bars)}"


def bar_chart(
    title: str, values: Sequence[tuple[str, float]], *, total: str = "", address: str = ""
) -> BarChart:
    """A chart of (label, value) pairs; values are at least 0."""
    most = max((value for _, value in values), default=0) or 1
    bars = tuple(_bar(number, *pair, most) for number, pair in enumerate(values))
    return BarChart(title, bars, total, address)


def _bar(number: int, label: str, value: float, most: float) -> Bar:
    height = 0.0
    if value > 0:
        height = max(LEAST_HEIGHT, round(value * HEIGHT / most, 1))
    return Bar(x=number * STEP, y=HEIGHT - height, height=height, label=label)
