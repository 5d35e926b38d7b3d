"""Where a name is defined."""

from __future__ import annotations

from chat.tools.arguments import Arguments
from chat.tools.parameters import TextParameter
from chat.tools.repository import RepositoryAtCommit
from chat.tools.results import ToolOutput, plural, shown
from chat.tools.symbols import (
    MAX_PLACES,
    AskedName,
    Places,
    definitions_of,
    not_defined,
    path_of,
    place_title,
)
from chat.tools.tool import Tool
from repos.graph import Definition

SUMMARIES = {False: "step_defined", True: "step_defined_one"}


def find_definition(repository: RepositoryAtCommit, arguments: Arguments) -> ToolOutput:
    """The definitions that a name may mean, each with its first line."""
    asked = AskedName.of(arguments.text("name"))
    found = definitions_of(repository, asked, path_of(repository, arguments))
    places = _places(repository, found[:MAX_PLACES])
    head = f"{plural(len(found), 'definition')} of {asked.dotted}, the likeliest first."
    if not found:
        head = not_defined(repository, asked)
    summary = SUMMARIES[len(found) == 1]
    return places.output(head, summary, shown(asked.dotted), len(found))


def _places(repository: RepositoryAtCommit, found: list[Definition]) -> Places:
    lines: dict[str, list[int]] = {}
    for definition in found:
        lines.setdefault(definition.path, []).append(definition.start)
    places = Places(repository, lines)
    for definition in found:
        title = place_title(repository, definition)
        if not places.add(title, definition.path, {definition.start: ""}):
            break
    return places


FIND_DEFINITION = Tool(
    "find_definition",
    "Find where a class, function, method, constant or other name is defined: its file and lines. "
    "Best when you know a name and want its code; then read_file.",
    (
        TextParameter(
            "name",
            "The name, alone or dotted: send, Session.send.",
            is_required=True,
            aliases=("symbol", "query", "identifier"),
        ),
        TextParameter(
            "path",
            "File in which the name is used: its imports tell which definition is meant.",
            aliases=("file", "from_path", "file_path"),
        ),
    ),
    find_definition,
)
