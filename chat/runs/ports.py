"""What a run needs of others: a renderer of its blocks, a recorder of its events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from chat.core.citations import Check
from chat.core.events import Html, Numbered

if TYPE_CHECKING:
    from chat.runs.run import Run


class BlockRenderer(Protocol):
    """Renders growing Markdown to HTML blocks, see chat/rendering/live_blocks.py.

    `check` looks citations up; it is set when the sources are known. All methods but
    `delay` may block: they are called in a thread, one at a time.
    """

    check: Check | None

    def feed(self, text: str) -> list[Html]: ...

    def finish(self, text: str = "") -> list[Html]: ...

    def seal(self, text: str = "") -> list[Html]: ...

    def delay(self) -> float:
        """Seconds until `feed` renders again, 0 or less for now."""
        ...


RenderStep = Callable[[BlockRenderer, str], list[Html]]


class Recorder(Protocol):
    """Stores a run."""

    async def save(self, run: Run, new_events: Sequence[Numbered]) -> None:
        """Store the run's text and state, and events not stored before. May raise."""
        ...


class NoRecord:
    """A Recorder for questions that leave no row."""

    async def save(self, run: Run, new_events: Sequence[Numbered]) -> None:
        return
