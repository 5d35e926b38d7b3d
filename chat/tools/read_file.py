"""Numbered lines of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chat.tools.arguments import Arguments
from chat.tools.parameters import NumberParameter, TextParameter, WrongArguments
from chat.tools.paths import AskedPath
from chat.tools.repository import RepositoryAtCommit
from chat.tools.results import Body, ToolOutput, numbered_line, shown
from chat.tools.tool import Tool

MAX_LINES = 300


@dataclass(frozen=True)
class ReadRange:
    """Lines `start` to `end` of `total`, from 1, both included."""

    start: int
    end: int
    total: int

    @classmethod
    def of(cls, arguments: Arguments, asked: AskedPath, total: int) -> ReadRange:
        """The range of a call, moved into the file. Raises WrongArguments."""
        start, end = arguments.number("start"), arguments.number("end")
        if start is None and end is None:
            start, end = asked.start, asked.end
        first = max(1, start or 1)
        longest = first + MAX_LINES - 1
        return cls(first, min(end or longest, longest, total), total)._checked(end)

    def _checked(self, end: int | None) -> ReadRange:
        if self.start > self.total:
            raise WrongArguments(f"start is {self.start}, but the file has {self.total} lines.")
        if self.end < self.start:
            raise WrongArguments(f"end ({end}) is before start ({self.start}).")
        return self

    def numbered(self, lines: Sequence[str]) -> Iterator[str]:
        """The lines with their numbers, of all lines of the file."""
        for number, line in enumerate(lines[self.start - 1 : self.end], self.start):
            yield numbered_line(number, line)


def read_file(repository: RepositoryAtCommit, arguments: Arguments) -> ToolOutput:
    """The lines that are asked for, as many as a result holds."""
    asked = repository.asked_path(arguments.text("path"))
    path = repository.find_path(asked)
    lines = repository.text(path).split("\n")
    wanted = ReadRange.of(arguments, asked, len(lines))
    body = Body()
    last = wanted.start + body.add_first(wanted.numbered(lines)) - 1
    place = repository.shown_path(path)
    return ToolOutput(
        head=_head(place, wanted, last),
        body=body.text,
        summary="step_read",
        parameters={"path": shown(place), "start": wanted.start, "end": last},
        passages=[repository.passage(path, wanted.start, last)],
    )


def _head(place: str, wanted: ReadRange, last: int) -> str:
    head = f"{place} lines {wanted.start}-{last} of {wanted.total}"
    if last == wanted.total:
        return f"{head}, the end of the file"
    return f"{head}; to go on, call read_file with start={last + 1}"


READ_FILE = Tool(
    "read_file",
    f"Read lines of a file, with their numbers: up to {MAX_LINES} in a call. Read code before you "
    "state what it does or cite it. After search_code, grep or find_definition gave a place, read "
    "around it (some 40 lines before and after) rather than the whole file.",
    (
        TextParameter(
            "path",
            "Path from the root of the repository, such as src/app.py.",
            is_required=True,
            aliases=("file", "file_path", "filepath", "filename"),
        ),
        NumberParameter(
            "start", "First line, from 1.", aliases=("start_line", "from", "offset", "line")
        ),
        NumberParameter("end", "Last line, included.", aliases=("end_line", "to")),
    ),
    read_file,
    reads_as_person=True,
)
