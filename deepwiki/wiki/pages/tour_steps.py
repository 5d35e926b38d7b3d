"""The lines that a step of a tour quotes, and what it says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from deepwiki.wiki.pages.comments import described
from deepwiki.wiki.pages.escaping import code
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import OutgoingCall, Symbol

MAX_LINES = 16
LINES_BEFORE, LINES_AFTER = 2, 3
MAX_NAMES = 8
COMMENT_ENDS = frozenset({"", '"""', "'''", "*/", "-->"})


@dataclass
class QuotedLines:
    """The lines of a definition that are shown: all of a short one, else around its calls.

    Of its calls those in the lines `onward` come first, if there are any.
    """

    symbol: Symbol
    text: str
    calls: Sequence[OutgoingCall] = ()
    onward: Sequence[int] = ()
    limit: int = MAX_LINES

    @cached_property
    def first(self) -> int:
        """The number of the first line."""
        return self.symbol.start if self._is_short else self._before_calls

    @property
    def _before_calls(self) -> int:
        """Some lines before the first call, behind the end of a comment and empty lines."""
        call = min(self._call_lines)
        start = max(self.symbol.start, call - LINES_BEFORE)
        lines = self.text.split("\n")
        ends = [at for at in range(start, call) if _is_end_of_comment(lines[at - 1 : at])]
        return max([start, *(at + 1 for at in ends)])

    @cached_property
    def last(self) -> int:
        """The number of the last line, which is not empty."""
        most = self._most
        last = most if self._is_short else min(most, self._last_call(most) + LINES_AFTER)
        lines = self.text.split("\n")[self.first : last]
        return last - sum(1 for _ in takewhile(_is_blank, reversed(lines)))

    @property
    def _most(self) -> int:
        return min(self._end, self.first + self.limit - 1)

    def _last_call(self, most: int) -> int:
        lines = (line for line in self._call_lines if line <= most)
        return max(lines, default=self.first)

    @property
    def _call_lines(self) -> list[int]:
        return list(self.onward) or [call.line for call in self.calls]

    @property
    def lines(self) -> Sequence[str]:
        """The lines themselves."""
        return self.text.split("\n")[self.first - 1 : self.last]

    def described(self) -> str:
        """What the definition says of itself, as Markdown; empty without a comment."""
        return described(self.symbol, self.text) * bool(self.symbol.comment)

    @cached_property
    def _end(self) -> int:
        return min(self.symbol.end, self.text.count("\n") + 1)

    @property
    def _is_short(self) -> bool:
        return not self.calls or self._end - self.symbol.start < self.limit


def _is_blank(line: str) -> bool:
    return not line.strip()


def _is_end_of_comment(line: Sequence[str]) -> bool:
    """Whether a line holds nothing but the end of a comment, or nothing."""
    return "".join(line).strip() in COMMENT_ENDS


def step_text(source: PageSource, quoted: QuotedLines) -> str:
    """The citation of the lines, and what is called from there."""
    return f"{cited_lines(source, quoted)} {onward_text(source, quoted)}".strip()


def shown_name(symbol: Symbol) -> str:
    """The qualified name of a definition as code."""
    return code(symbol.qualified_name)


def cited_lines(source: PageSource, quoted: QuotedLines) -> str:
    """The citation of the lines that are shown."""
    return source.cite(quoted.symbol.path, quoted.first, quoted.last)


def onward_text(source: PageSource, quoted: QuotedLines) -> str:
    """What is called from there; empty for nothing."""
    names = [shown_name(call.target) for call in quoted.calls]
    onward = source.say.listed_once(names, MAX_NAMES)
    return source.say.of_any("map_from_here", names=onward)
