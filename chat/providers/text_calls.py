"""The pieces of a provider with the calls of tools that stand in its text."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from chat.core.errors import CutOff, ProviderError
from chat.core.ports import LengthLimit, Piece, Text, Thinking
from chat.core.prompt import Prompt
from chat.core.reasoning import ReasoningFilter
from chat.core.tool_calls import ToolCall, json_object
from chat.providers.base import Pieces
from chat.providers.call_identity import CallIds
from chat.providers.call_json import Names, WrittenCall
from chat.providers.reply_reader import call_ids
from chat.providers.text_call_filter import TextCallFilter
from deepwiki.foundation.text import clean_text


def calls_in_text(pieces: Pieces, prompt: Prompt) -> Pieces:
    """`pieces`, and calls of the prompt's tools that were text in them.

    Untouched for a prompt without tools. Where they are offered no longer, calls are left
    out and CutOff is raised at the end.
    """
    names = offered(prompt)
    if not names:
        return pieces
    return _CallsInText(prompt, names).pieces(pieces)


def offered(prompt: Prompt) -> Names:
    """The tools of a prompt and of its calls: names, and the schemas of parameters."""
    called = (call.name for exchange in prompt.exchanges for call in exchange.calls)
    names: dict[str, dict[str, object]] = {name: {} for name in called if name}
    for tool in prompt.tools:
        names[tool.name] = dict(tool.parameters.get("properties", {}))
    return names


@dataclass
class _CallsInText:
    """The state of one reply."""

    prompt: Prompt
    names: Names
    _written: set[str] = field(default_factory=set)  # in the text
    _sent: set[str] = field(default_factory=set)
    _has_dropped: bool = False
    _reasoning: ReasoningFilter = field(default_factory=ReasoningFilter)

    def __post_init__(self) -> None:
        self._filter = TextCallFilter(self.names)
        self._ids: CallIds = call_ids(self.prompt)

    async def pieces(self, pieces: Pieces) -> Pieces:
        """See `calls_in_text`. Closing the generator closes `pieces`."""
        try:
            async with contextlib.aclosing(pieces):
                async for piece in pieces:
                    for each in self._of(piece):
                        yield each
        except ProviderError:
            for text in self._texts():
                yield text
            raise
        for each in self._rest():
            yield each
        if self._has_dropped:
            raise CutOff("tool_not_offered")

    def _of(self, piece: Piece) -> Iterator[Piece]:
        match piece:
            case Text(text):
                yield from self._shown(text)
            case ToolCall():
                yield from self._rest()
                if self._is_new(
                    WrittenCall(piece.name, piece.arguments), self._sent, self._written
                ):
                    self._ids.taken.add(piece.id)
                    yield piece
            case LengthLimit():
                yield from self._rest()
                yield piece
            case _:
                yield piece

    def _shown(self, text: str) -> Iterator[Piece]:
        shown = self._filter.feed(self._reasoning.feed(text))
        if shown:
            yield Text(shown)
        elif self._reasoning.hides:
            yield Thinking()

    def _texts(self) -> Iterator[Text]:
        """The text that was held."""
        shown = self._held()
        if shown:
            yield Text(shown)

    def _held(self) -> str:
        reasoning, self._reasoning = self._reasoning, ReasoningFilter()
        return self._filter.feed(reasoning.finish()) + self._filter.finish()

    def _rest(self) -> Iterator[Piece]:
        """The text that was held, then the calls."""
        yield from self._texts()
        calls, self._filter.calls = self._filter.calls, []
        for call in calls:
            if not self.prompt.tools:
                self._has_dropped = True
            elif self._is_new(call, self._written, self._sent):
                arguments = clean_text(call.arguments)
                yield ToolCall(self._ids.give(""), call.name, arguments)

    def _is_new(self, call: WrittenCall, own: set[str], others: set[str]) -> bool:
        """Whether the reply did not hold a call in its other form: a service may leave in
        the text what it also sends as a call."""
        key = f"{call.name} {json_object(call.arguments) or call.arguments}"
        own.add(key)
        return key not in others
