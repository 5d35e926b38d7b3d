"""Calls of tools that come in fragments, joined.

Written for `tool_calls` of https://platform.openai.com/docs/api-reference/chat-streaming
and for the liberties that services take with it: no index, the same index for every call,
no ids, new ids with each fragment, the name in each fragment or in pieces, arguments as an
object, whole calls, all arguments so far again; `function_call` of the older API, and
Ollama's own format.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from chat.core.tool_calls import ToolCall, json_object
from chat.providers.call_extras import Thoughts, call_extras
from chat.providers.call_identity import CallIds, call_name
from chat.providers.call_json import arguments_text, objects
from deepwiki.foundation.text import clean_text

logger = logging.getLogger(__name__)

MAX_CALLS = 32  # a turn
MAX_ARGUMENTS = 64 * 1024  # characters a call
CUT = "… [cut: more than 65,536 characters of arguments]"
ARGUMENT_KEYS = ("arguments", "parameters", "input")
# How often it is looked whether the arguments so far are complete.
MAX_CHECKS = 8

Json = dict[str, Any]


def bounded(arguments: str) -> str:
    """Arguments without what exceeds the bound."""
    if len(arguments) <= MAX_ARGUMENTS:
        return arguments
    return arguments[:MAX_ARGUMENTS] + CUT


@dataclass
class PartialCall:
    """One call while it comes."""

    id: str = ""
    index: Any = None
    name: str = ""
    extras: Json = field(default_factory=dict)
    is_cut: bool = False
    _parts: list[str] = field(default_factory=list)
    _chars: int = 0
    _checks: int = 0

    @property
    def arguments(self) -> str:
        return "".join(self._parts)

    def add(self, arguments: Any) -> None:
        """The next of the arguments: text, or an object that is all of them."""
        if isinstance(arguments, dict):
            self._replace(arguments_text(arguments))
        elif isinstance(arguments, str):
            self._add_text(arguments)

    def is_complete(self) -> bool:
        """Whether the arguments so far are JSON of an object."""
        if not self._parts or not self._parts[-1].rstrip().endswith("}"):
            return False
        self._checks += 1
        if self._checks > MAX_CHECKS:
            return False
        return json_object(self.arguments) is not None

    def _add_text(self, text: str) -> None:
        if self._repeats(text):
            self._replace(text)
        elif not self.is_cut:
            self._append(text)

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._chars += len(text)
        self._bound()

    def _repeats(self, text: str) -> bool:
        """Whether a text holds all arguments so far, as of a service that sends no deltas."""
        first = "".join(self._parts[:1])
        if len(text) < self._chars or len(first) < 2 or not first.startswith("{"):
            return False
        return text.startswith(first) and text.startswith(self.arguments)

    def _replace(self, text: str) -> None:
        self._parts, self._chars, self.is_cut = [text], len(text), False
        self._bound()

    def _bound(self) -> None:
        if self._chars > MAX_ARGUMENTS:
            self._parts = [self.arguments[:MAX_ARGUMENTS], CUT]
            self._chars = MAX_ARGUMENTS
            self.is_cut = True


@dataclass
class CallFragments:
    """The calls of one reply. `names` are the tools that were offered."""

    names: Collection[str]
    ids: CallIds = field(default_factory=CallIds)
    thoughts: Thoughts = field(default_factory=Thoughts)
    _calls: list[PartialCall] = field(default_factory=list)
    _given: int = 0
    _dropped: int = 0

    @property
    def has_any(self) -> bool:
        """Whether there are calls that `take` has not given yet."""
        return bool(self._calls)

    @property
    def has_none(self) -> bool:
        """Whether the reply held no call so far."""
        return not self._calls and self._given == 0

    def read(self, part: Json) -> None:
        """Read a delta or a message."""
        self.thoughts.read(part)
        for entry in objects(part.get("tool_calls")):
            self._read_entry(entry)
        for legacy in objects(part.get("function_call")):
            self._read_entry({"function": legacy})

    def take(self) -> Iterator[ToolCall]:
        """The calls that came since, complete. Those of one turn share its thoughts."""
        calls, self._calls = self._calls, []
        if self._dropped:
            logger.warning("a model made more than %d calls in one turn", MAX_CALLS)
        for partial in calls:
            if not (partial.name.strip() or partial.arguments):
                continue
            is_first = self._given == 0
            self._given += 1
            yield ToolCall(
                self.ids.give(partial.id),
                call_name(partial.name, self.names),
                clean_text(partial.arguments) or "{}",
                self.thoughts.opaque(partial.extras, is_first=is_first),
            )

    def _read_entry(self, entry: Json) -> None:
        function = [*objects(entry.get("function")), entry][0]
        name = _text(function.get("name"))
        arguments = next((function[key] for key in ARGUMENT_KEYS if function.get(key)), "")
        call_id = _text(entry.get("id"))
        index = entry.get("index", function.get("index"))
        partial = self._open_call(index, call_id, name, has_arguments=bool(arguments))
        if partial is None:
            partial = self._new_call(index)
        if partial is None:
            return
        partial.id = partial.id or call_id
        self._name(partial, name)
        partial.add(arguments)
        partial.extras.update(call_extras(entry))

    def _open_call(
        self, index: Any, call_id: str, name: str, *, has_arguments: bool
    ) -> PartialCall | None:
        """The call that a fragment goes on with; None where it begins one."""
        if not self._calls or (self._dropped and index is None and not call_id):
            return None
        found = self._call_of(index, call_id)
        if found is None or not name or (call_id and call_id == found.id):
            return found
        if found.name and name != found.name and not self._is_piece(found, name):
            return None
        repeats_name = not call_id and not has_arguments and index is not None
        if found.is_complete() and not repeats_name:
            return None
        return found

    def _call_of(self, index: Any, call_id: str) -> PartialCall | None:
        if index is None:
            return self._of_id(call_id)
        return self._of_index(index)

    def _of_index(self, index: Any) -> PartialCall | None:
        return next((each for each in reversed(self._calls) if each.index == index), None)

    def _of_id(self, call_id: str) -> PartialCall | None:
        """The call of this id; the last one for a fragment without a new id."""
        last = self._calls[-1]
        if not call_id or not last.id:
            return last
        return next((each for each in self._calls if each.id == call_id), None)

    def _new_call(self, index: Any) -> PartialCall | None:
        if self._given + len(self._calls) >= MAX_CALLS:
            self._dropped += 1
            return None
        self._calls.append(PartialCall(index=index))
        return self._calls[-1]

    def _name(self, partial: PartialCall, name: str) -> None:
        if not partial.name:
            partial.name = name
        elif name != partial.name and self._is_piece(partial, name):
            partial.name += name

    def _is_piece(self, partial: PartialCall, name: str) -> bool:
        """Whether a name goes on with that of a call that has no arguments yet."""
        if not name or partial.arguments or partial.name in self.names:
            return False
        return any(each.startswith(partial.name + name) for each in self.names)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return ""
