"""What a function calls."""

from __future__ import annotations

from chat.tools.arguments import Arguments
from chat.tools.find_callers import SYMBOL_PARAMETER
from chat.tools.repository import RepositoryAtCommit
from chat.tools.results import ToolOutput, plural, shown
from chat.tools.symbols import MAX_PLACES, PATH_PARAMETER, ChosenDefinition, Places, place_title
from chat.tools.tool import Tool
from repos import graph
from repos.graph import Callee

SUMMARIES = {False: "step_callees", True: "step_callees_one"}


def find_callees(repository: RepositoryAtCommit, arguments: Arguments) -> ToolOutput:
    """The names that a definition calls, each with the line, and where it is defined."""
    chosen = ChosenDefinition.of(repository, arguments)
    path = chosen.definition.path
    found = graph.callees(
        repository.index_id, chosen.definition, limit=MAX_PLACES, at=repository.generation
    )
    places = Places(repository, {path: [callee.lines[0] for callee in found]})
    for callee in found:
        if not places.add(_title(repository, callee), path, {callee.lines[0]: ""}):
            break
    head = f"{plural(len(found), 'name')} called by {chosen.note(repository)}."
    return places.output(head, SUMMARIES[len(found) == 1], shown(chosen.name), len(found))


def _title(repository: RepositoryAtCommit, callee: Callee) -> str:
    held = [place for place in callee.definitions if repository.holds(place.path)]
    if not held:
        return f"{callee.name}: not defined in this repository"
    more = plural(len(held) - 1, "other possible place")
    if len(held) == 1:
        return f"{callee.name}: {place_title(repository, held[0])}"
    return f"{callee.name}: {place_title(repository, held[0])} ({more})"


FIND_CALLEES = Tool(
    "find_callees",
    "Find what a function calls, in the order of its lines, and where each is defined. Best to "
    "follow what code does, step by step, without reading everything.",
    (SYMBOL_PARAMETER, PATH_PARAMETER),
    find_callees,
)
