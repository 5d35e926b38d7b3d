"""Who calls a function."""

from __future__ import annotations

from chat.tools.arguments import Arguments
from chat.tools.parameters import TextParameter
from chat.tools.repository import RepositoryAtCommit
from chat.tools.results import ToolOutput, plural, shown
from chat.tools.symbols import PATH_PARAMETER, ChosenDefinition, Places, callers_of, place_title
from chat.tools.tool import Tool
from repos.graph import Caller

MAX_LINES = 3  # of one caller
SUMMARIES = {False: "step_callers", True: "step_callers_one"}
SYMBOL_PARAMETER = TextParameter(
    "symbol",
    "The function or class, alone or dotted: send, Session.send.",
    is_required=True,
    aliases=("name", "function", "query"),
)


def find_callers(repository: RepositoryAtCommit, arguments: Arguments) -> ToolOutput:
    """The definitions that call one, each with the lines that do."""
    chosen = ChosenDefinition.of(repository, arguments)
    found = callers_of(repository, chosen.definition)
    places = _places(repository, found)
    count = sum(len(caller.lines[:MAX_LINES]) for caller in found)
    head = f"{plural(len(found), 'caller')} of {chosen.note(repository)}."
    return places.output(head, SUMMARIES[count == 1], shown(chosen.name), count)


def _places(repository: RepositoryAtCommit, found: list[Caller]) -> Places:
    lines: dict[str, list[int]] = {}
    for caller in found:
        lines.setdefault(caller.path, []).extend(caller.lines[:MAX_LINES])
    places = Places(repository, lines)
    for caller in found:
        calls = dict.fromkeys(caller.lines[:MAX_LINES], "")
        if not places.add(_title(repository, caller), caller.path, calls):
            break
    return places


def _title(repository: RepositoryAtCommit, caller: Caller) -> str:
    if caller.definition is None:
        return f"{repository.shown_path(caller.path)} outside of any function"
    return place_title(repository, caller.definition)


FIND_CALLERS = Tool(
    "find_callers",
    "Find the functions that call a function or create a class, with the calling lines. Best to "
    "follow how code is reached, and what a change would touch.",
    (SYMBOL_PARAMETER, PATH_PARAMETER),
    find_callers,
)
