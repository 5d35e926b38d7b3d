"""One call of the model by an agent: its answer so far, its progress, its calls of tools."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field

from chat.core.answer_text import AnswerText
from chat.core.completion import AnswerContext, Completion
from chat.core.errors import ProviderError, Unavailable
from chat.core.events import Delta, Status
from chat.core.prompt import Prompt
from chat.core.tool_calls import ToolCall
from deepwiki.foundation.text import shorten

TurnEvent = Delta | Status
MAX_PROGRESS_CHARS = 200
# The model wrote nothing: the loop decides what that means.
EMPTY = frozenset(("empty_answer", "only_thoughts"))


@dataclass
class AgentTurn:
    """One turn. `follows`: the answer was begun in an earlier one.

    With `needs_marker` text without the marker is no answer, whatever its length.
    `called_in_vain`: it made calls where none were possible.
    """

    context: AnswerContext
    prompt: Prompt
    follows: bool
    needs_marker: bool = False
    text: str = ""  # all that it wrote
    answer: str = ""  # what of it was given out
    calls: list[ToolCall] = field(default_factory=list)
    is_cut: bool = False
    called_in_vain: bool = False

    def __post_init__(self) -> None:
        self._completion = Completion(self.context, self.prompt, is_answer=False)
        self._answer = AnswerText(
            follows=self.follows, is_last=self.prompt.is_final, needs_marker=self.needs_marker
        )

    async def events(self, max_chars: int) -> AsyncGenerator[TurnEvent]:
        """The pieces of the answer, and what is told of the progress.

        Raises the ProviderError family.
        """
        try:
            async with contextlib.aclosing(self._completion.events(max_chars)) as pieces:
                async for piece in pieces:
                    for event in self._events_of(piece):
                        yield event
        except ProviderError as error:
            if isinstance(error, Unavailable) and error.reason in EMPTY:
                return
            for event in self._failed():
                yield event
            raise
        for event in self._ended():
            yield event

    @property
    def has_pieces(self) -> bool:
        """Whether something came before it failed."""
        return bool(self._completion.text or self._completion.calls)

    def _events_of(self, piece: TurnEvent) -> Iterator[TurnEvent]:
        if isinstance(piece, Delta):
            yield from self._shown(self._answer.feed(piece.text))
        else:
            yield piece

    def _failed(self) -> Iterator[Delta]:
        """The rest of an answer that had begun."""
        if self._answer.has_text:
            yield from self._shown(self._answer.finish(has_calls=True))

    def _ended(self) -> Iterator[TurnEvent]:
        """The rest of the answer, or of the progress."""
        self.text = "".join(self._completion.text)
        self.is_cut = self._completion.is_cut
        if self.prompt.is_final:
            self.called_in_vain = bool(self._completion.calls)
        else:
            self.calls = self._completion.calls
        yield from self._shown(self._answer.finish(has_calls=bool(self.calls)))
        if self.calls and self._answer.progress:
            line = self._answer.progress.partition("\n")[0]
            yield Status("progress", shorten(line, MAX_PROGRESS_CHARS))

    def _shown(self, text: str) -> Iterator[Delta]:
        if text:
            self.answer += text
            yield Delta(text)
