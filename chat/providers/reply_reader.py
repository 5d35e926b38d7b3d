"""One reply of a service with OpenAI's chat API: its pieces, its calls, its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chat.core.ports import Piece, Text
from chat.core.prompt import Prompt
from chat.providers.answer_pieces import AnswerReader, Json, end_of_answer
from chat.providers.base import ALIVE, ENDED, Signal
from chat.providers.call_fragments import CallFragments
from chat.providers.call_identity import CallIds


@dataclass
class ReplyReader(AnswerReader):
    """The pieces and signals of a reply. With `calls`, the model may call tools."""

    @classmethod
    def of(cls, prompt: Prompt) -> ReplyReader:
        """The reader of the reply to a prompt."""
        if prompt.tools:
            return cls(calls=CallFragments(prompt.tool_names, call_ids(prompt)))
        return cls()

    def signals(self, event: Json) -> Iterator[Piece | Signal]:
        """The pieces of one object, and how the answer ends where it says so."""
        text = self.usual_text(event)
        if text:
            yield Text(text)
            return
        had_reason, is_empty = self.reason, True
        for piece in self.pieces(event):
            is_empty = False
            yield piece
        if self.reason and not had_reason:
            yield from self._take_calls()
            yield end_of_answer(self.reason, may_call=self.calls is not None) or ENDED
        elif is_empty:
            yield ALIVE

    def finish(self, *, is_done: bool) -> Iterator[Piece]:
        """The calls that came without a finish reason, or behind it.

        Raises where the reply has not ended well, see `check_end`.
        """
        self.check_end(is_done=is_done)
        yield from self._take_calls()

    def _take_calls(self) -> Iterator[Piece]:
        if self.calls is not None:
            yield from self.calls.take()


def call_ids(prompt: Prompt) -> CallIds:
    """The ids that are taken already in an answer."""
    return CallIds({call.id for exchange in prompt.exchanges for call in exchange.calls})
