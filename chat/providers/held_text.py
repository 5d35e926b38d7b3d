"""Text that may be a call of a tool, held until it is known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chat.providers.call_fragments import MAX_ARGUMENTS
from chat.providers.call_identity import known_name
from chat.providers.call_json import Calls, Names, WrittenCall
from chat.providers.text_call_formats import ALONE, PARAMETER, PARAMETER_END, TextFormat

# By then a format must be told from text.
HEAD_CHARS = 400
MAX_CHARS = 2 * MAX_ARGUMENTS
BROKEN_NAME = re.compile(
    r'"(?:name|tool_name|tool|function)"\s*:\s*"([^"\\]{1,200})"|<function=([^>\s]{1,200})>'
    r"|\bto=([\w.:-]{1,200})|\A\s*(?:function<｜tool▁sep｜>)?([\w.:-]{1,200})"
)
BROKEN_ARGUMENTS = re.compile(
    r'"(?:arguments|parameters|args|input)"\s*:\s*|<\|message\|>|\[ARGS\]|<｜tool▁sep｜>'
)
QUOTE = re.compile(r'\\.|"', re.DOTALL)


@dataclass
class HeldText:
    """What came since the opener of a format."""

    format: TextFormat
    _parts: list[str] = field(default_factory=list)
    _chars: int = 0
    _tail: str = ""
    _has_closer: bool = False
    _is_likely: bool = False
    _searched: int = 0  # up to here it is known which closers stand in arguments
    _opened: int = 0
    _has_parameters: bool | None = None

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def is_full(self) -> bool:
        return self._chars > MAX_CHARS

    def add(self, text: str) -> None:
        self._parts.append(text)
        self._chars += len(text)
        closer = self.format.closer
        if closer:
            near = self._tail + text
            self._has_closer = closer in near
            self._tail = near[max(0, len(near) - len(closer) + 1) :]

    def may_be(self, names: Names) -> bool:
        """Whether it may still become a call."""
        if self._is_likely:
            return True
        answer = self.format.may_be(self.text[:HEAD_CHARS], names)
        self._is_likely = bool(answer)
        return self._is_likely or (answer is None and self._chars < HEAD_CHARS)

    def read(self, names: Names) -> Calls | None:
        """What stands before a closer; None while none came that ends a call."""
        if not self._has_closer or not self._is_likely:
            return None
        text, closer = self.text, self.format.closer
        self._parts = [text]
        end = text.find(closer, self._searched)
        while end >= 0:
            is_inside = self._is_inside(text, end)
            self._searched = end + len(closer)
            if not is_inside:
                calls, rest = self._calls(text[:end], names)
                return calls, rest + text[self._searched :]
            end = text.find(closer, self._searched)
        return None

    def read_to_end(self, names: Names) -> Calls:
        """What stands in a text that ends here."""
        return self._calls(self.text, names)

    def _is_inside(self, text: str, end: int) -> bool:
        """Whether a closer stands inside an argument: in a string, or in a parameter."""
        part = text[self._searched : end]
        if self._has_parameters is None:
            self._has_parameters = PARAMETER in part
        if self._has_parameters:
            self._opened += part.count(PARAMETER) - part.count(PARAMETER_END)
            return self._opened > 0
        self._opened += sum(match == '"' for match in QUOTE.findall(part))
        return self._opened % 2 == 1

    def _calls(self, text: str, names: Names) -> Calls:
        found = self.format.read(text, names)
        if found[0]:
            return found
        return self._broken(text, names), ""

    def _broken(self, text: str, names: Names) -> list[WrittenCall]:
        """A call whose arguments are no JSON."""
        match = BROKEN_NAME.search(text)
        if self.format is ALONE or not self._is_likely or match is None:
            return []
        name = known_name(next(filter(None, match.groups()), ""), names)
        if not name:
            return []
        arguments = text[(BROKEN_ARGUMENTS.search(text) or match).end() :]
        return [WrittenCall(name, arguments.strip())]


@dataclass
class SkippedText:
    """The rest of a call that was longer than may be held."""

    closer: str
    _tail: str = ""

    def feed(self, text: str) -> str | None:
        """What follows the call; None while it goes on."""
        if not self.closer:
            return None
        near = self._tail + text
        _, end, rest = near.partition(self.closer)
        self._tail = near[max(0, len(near) - len(self.closer) + 1) :]
        if not end:
            return None
        return rest
