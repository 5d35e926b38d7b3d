"""What citations of one answer are checked against, as far as its events have told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from chat.core.citations import Check, Citation
from chat.core.events import Event, LinesRead, Sources, Step
from chat.core.read_lines import ReadCheck, ReadLines, parse_place


@dataclass
class AnswerCitations:
    """The index of the answer's sources, and the lines that its model has read."""

    index: Check | None = None
    read: ReadLines = field(default_factory=ReadLines)

    def note(self, event: Event) -> bool:
        """Take in what an event tells; whether it was anything."""
        match event:
            case Sources():
                self.index = event.check
            case LinesRead():
                self._add_read(event.lines)
            case Step():
                self._add_read(filter(None, map(parse_place, event.passages)))
            case _:
                return False
        return True

    @property
    def check(self) -> Check | None:
        """The Check of the answer, None until its sources are known.

        Once lines were read it tells what was read from what merely exists.
        """
        if self.index is None or not self.read:
            return self.index
        return ReadCheck(self.index, self.read)

    def _add_read(self, lines: Iterable[Citation]) -> None:
        self.read = self.read.adding(lines)
