"""Texts of results: numbered lines within bounds, fenced as data of a repository."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from chat.core.messages import Parameters
from chat.core.ports import ToolResult
from chat.core.prompt import PromptPassage, neutralize
from deepwiki.foundation.text import clean_text, one_line

MAX_RESULT_CHARS = 16_000
MAX_HEAD_CHARS = 1_400
MAX_BODY_CHARS = MAX_RESULT_CHARS - MAX_HEAD_CHARS - 150  # the rest is for the fence
MAX_LINE_CHARS = 500
MAX_SHOWN_CHARS = 60  # of an argument in a summary
REPEATED = "(You made this call before. This is its result again.)"


@dataclass(frozen=True)
class ToolOutput:
    """What a tool found, not yet fenced: see ToolResult.

    `head` says what it is, whether it is cut and how to go on; it stands before `body`.
    """

    head: str
    summary: str
    parameters: Parameters = field(default_factory=dict)
    body: str = ""
    passages: Sequence[PromptPassage] = ()

    @property
    def text(self) -> str:
        """The head and, where there is one, the body."""
        return "\n".join([self.head[:MAX_HEAD_CHARS], *filter(None, [self.body])])


class Body:
    """Lines of a result, as many as fit."""

    def __init__(self, room: int = MAX_BODY_CHARS) -> None:
        self.room = room
        self.lines: list[str] = []

    def add(self, line: str) -> bool:
        """Add a line; False, and nothing is added, where it does not fit."""
        if len(line) >= self.room:
            return False
        self.lines.append(line)
        self.room -= len(line) + 1
        return True

    def add_block(self, lines: Sequence[str]) -> bool:
        """Add all lines or none."""
        return self.add("\n".join(lines))

    def add_first(self, lines: Iterable[str]) -> int:
        """Add lines up to the first that does not fit; how many these are."""
        return len(list(takewhile(self.add, lines)))

    @property
    def text(self) -> str:
        """The lines so far."""
        return "\n".join(self.lines)


def cut_line(text: str) -> str:
    """A line, its end left out where it is too long."""
    text = text.rstrip("\r")
    left_out = len(text) - MAX_LINE_CHARS
    if left_out <= 0:
        return text
    return f"{text[:MAX_LINE_CHARS]}{left_out_note(left_out)}"


def left_out_note(chars: int) -> str:
    """What stands for characters that are left out."""
    return f"… [{chars:,} characters left out]"


def numbered_line(number: int, text: str, mark: str = ":") -> str:
    """A line of a file with its number. `mark` is `:`, or `-` for a line of context."""
    return f"{number}{mark} {cut_line(text)}"


def shown(text: str) -> str:
    """An argument as a summary shows it."""
    return one_line(text, MAX_SHOWN_CHARS)


def plural(count: int, one: str, many: str = "") -> str:
    """A number and a noun, for a model."""
    if count == 1:
        return f"1 {one}"
    return f"{count:,} {many or f'{one}s'}"


def result_of(tool: str, output: ToolOutput) -> ToolResult:
    """The result of a call that was carried out."""
    passages = tuple(output.passages)
    return ToolResult(_fenced(tool, output.text), output.summary, output.parameters, passages)


def refusal(tool: str, message: str, summary: str, name: str = "") -> ToolResult:
    """The result of a call that was not: what to do instead. `name` is the tool as written."""
    text = _fenced(tool, f"error: {message}"[:MAX_BODY_CHARS])
    return ToolResult(text, summary, {"tool": shown(name or tool)}, is_error=True)


def repeated(result: ToolResult) -> ToolResult:
    """The result of a call that was made before."""
    return replace(result, text=f"{REPEATED}\n{result.text}")


def _fenced(tool: str, text: str) -> str:
    return f'<result tool="{tool}">\n{neutralize(clean_text(text))}\n</result>'
