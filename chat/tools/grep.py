"""Lines that match a pattern, with context, grouped by file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chat.core.prompt import PromptPassage
from chat.tools.arguments import Arguments
from chat.tools.parameters import (
    FlagParameter,
    PatternsParameter,
    VerbatimParameter,
    WrongArguments,
)
from chat.tools.repository import RepositoryAtCommit
from chat.tools.results import Body, ToolOutput, left_out_note, numbered_line, plural, shown
from chat.tools.tool import PATHS, Tool
from repos.search.grep import (
    FoundLine,
    GrepNotice,
    GrepOptions,
    GrepResult,
    InvalidPattern,
    MatchedFile,
)
from repos.search.grep import grep as search_lines

MAX_MATCHES = 100
MIN_PER_FILE = 3
NEAR = range(-2, 3)  # lines of context around a match
GAP = "--"
MARKS = {True: ":", False: "-"}
SYNTAX = (
    "The pattern is a regular expression of RE2: put a backslash before a character of"
    " ( ) [ ] { } . * + ? ^ $ | \\ to find it itself."
)
NOTHING = "Try ignore_case, a shorter pattern, other paths, or search_code with what it does."
GOING_ON = "for the others name `paths`, or make the pattern more precise."
TELLING = (GrepNotice.TOO_SLOW, GrepNotice.TOO_MANY_BYTES, GrepNotice.TOO_MANY_MATCHES)


def grep(repository: RepositoryAtCommit, arguments: Arguments) -> ToolOutput:
    """Up to MAX_MATCHES lines; of many files only the first lines of each."""
    result = _search(repository, arguments)
    found = MatchingLines(repository, result)
    found.write()
    return ToolOutput(
        head=_head(result, found),
        body=found.body.text,
        summary=_summary(result),
        parameters={
            "pattern": shown(arguments.text("pattern")),
            "count": result.match_count,
            "files": result.file_count,
        },
        passages=found.passages,
    )


def _search(repository: RepositoryAtCommit, arguments: Arguments) -> GrepResult:
    options = GrepOptions(
        case_sensitive=not arguments.flag("ignore_case"),
        filters=repository.narrowed(arguments.patterns("paths")),
        limit=MAX_MATCHES,
    )
    pattern = arguments.text("pattern")
    try:
        return search_lines(
            [repository.snapshot], pattern, user_id=repository.person_id, options=options
        )
    except InvalidPattern as error:
        raise WrongArguments(f"{error} {SYNTAX}") from error


class MatchingLines:
    """The files of a result as text, and the lines that stand in it."""

    def __init__(self, repository: RepositoryAtCommit, result: GrepResult) -> None:
        self._repository, self._result = repository, result
        self._per_file = max(MIN_PER_FILE, MAX_MATCHES // max(1, len(result.files)))
        self.body = Body()
        self.passages: list[PromptPassage] = []
        self.lines = self.files = 0

    def write(self) -> None:
        """Write files until a bound is reached."""
        for file in self._result.files:
            if self.lines >= MAX_MATCHES or not self._add(file):
                return

    def _add(self, file: MatchedFile) -> bool:
        most = min(self._per_file, MAX_MATCHES - self.lines)
        numbers = [line.number for line in file.lines if line.is_match][:most]
        groups = _groups(file.lines, numbers)
        if not self.body.add_block([self._title(file, len(numbers)), *_texts(groups)]):
            return False
        self.lines += len(numbers)
        self.files += 1
        self.passages += [self._passage(file, group) for group in groups]
        return True

    def _title(self, file: MatchedFile, lines: int) -> str:
        path = self._repository.shown_path(file.path)
        count = plural(file.count, "match", "matches")
        if file.count > lines:
            return f"{path} ({count}, the first lines of them)"
        return f"{path} ({count})"

    def _passage(self, file: MatchedFile, group: Sequence[FoundLine]) -> PromptPassage:
        return self._repository.passage(file.path, group[0].number, group[-1].number)


def _groups(lines: Sequence[FoundLine], numbers: Sequence[int]) -> list[list[FoundLine]]:
    """The lines around some of the matches, in runs without a gap."""
    wanted = {number + near for number in numbers for near in NEAR}
    groups: list[list[FoundLine]] = []
    last = 0
    for line in lines:
        if line.number in wanted:
            if not groups or line.number > last + 1:
                groups.append([])
            groups[-1].append(line)
            last = line.number
    return groups


def _texts(groups: Sequence[Sequence[FoundLine]]) -> Iterator[str]:
    """The lines of the groups, and a mark between two groups."""
    for place, group in enumerate(groups):
        if place:
            yield GAP
        yield from map(_text, group)


def _text(line: FoundLine) -> str:
    text = line.text
    if line.offset:
        text = f"…{text}"
    if line.hidden:
        text += left_out_note(line.hidden)
    return numbered_line(line.number, text, MARKS[line.is_match])


def _head(result: GrepResult, found: MatchingLines) -> str:
    notes = [str(notice.value) for notice in result.notices if notice in TELLING]
    if not result.match_count:
        return " ".join(["No line matches.", NOTHING, *notes])
    if found.files < result.file_count:
        notes.append(f"The first {found.files} of the files are shown; {GOING_ON}")
    return " ".join([_counts(result), *notes])


def _counts(result: GrepResult) -> str:
    matches = plural(result.match_count, "match", "matches")
    return f"{matches} in {plural(result.file_count, 'file')}."


def _summary(result: GrepResult) -> str:
    if result.file_count != 1:
        return "step_grepped"
    if result.match_count != 1:
        return "step_grepped_one_file"
    return "step_grepped_one"


GREP = Tool(
    "grep",
    "Find lines that match a regular expression (RE2) in all files, with two lines of context: "
    f"up to {MAX_MATCHES} lines. Best for an exact name, a message, a setting, a piece of code. "
    "It finds every occurrence, comments and texts too; find_references knows code alone.",
    (
        VerbatimParameter(
            "pattern",
            r"Regular expression, of one line: def send\(|retries. It tells capitals apart.",
            is_required=True,
            aliases=("query", "regex", "text"),
        ),
        PatternsParameter("paths", PATHS, aliases=("path", "include", "glob")),
        FlagParameter(
            "ignore_case", "Whether capitals do not count.", aliases=("case_insensitive", "i")
        ),
    ),
    grep,
    reads_as_person=True,
)
