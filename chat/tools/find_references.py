"""The lines that use a name."""

from __future__ import annotations

from collections.abc import Mapping

from chat.tools.arguments import Arguments
from chat.tools.parameters import TextParameter
from chat.tools.repository import RepositoryAtCommit
from chat.tools.results import ToolOutput, plural, shown
from chat.tools.symbols import (
    MAX_PLACES,
    NO_SYMBOLS,
    PATH_PARAMETER,
    SURE,
    AskedName,
    Places,
    definitions_of,
    path_of,
)
from chat.tools.tool import Tool
from repos import graph
from repos.graph import Definition, FileReferences, ReferenceKind, References

MIN_PER_FILE = 3
CUT = "More files use this name than are counted: grep with paths finds the others."
SUMMARIES = {False: "step_used", True: "step_used_one"}
# How a line uses the name, behind it.
KINDS: Mapping[ReferenceKind, str] = {
    ReferenceKind.READ: "",
    ReferenceKind.TYPE: "  [type]",
    ReferenceKind.CALL: "  [call]",
    ReferenceKind.DECORATE: "  [decorator]",
    ReferenceKind.INHERIT: "  [base class]",
    ReferenceKind.IMPORT: "  [import]",
}


def find_references(repository: RepositoryAtCommit, arguments: Arguments) -> ToolOutput:
    """The uses of a name by file, those of the likeliest definition first."""
    asked = AskedName.of(arguments.text("name"))
    found = definitions_of(repository, asked, path_of(repository, arguments))
    used = _references(repository, asked.name, _meant(found))
    per_file = max(MIN_PER_FILE, MAX_PLACES // max(1, len(used.files)))
    lines = {file.path: _lines(file, per_file) for file in used.files}
    places = Places(repository, lines)
    for file in used.files:
        title = f"{repository.shown_path(file.path)} ({plural(file.total, 'use')})"
        if not places.add(title, file.path, lines[file.path]):
            break
    head = _head(repository, asked, used)
    return places.output(head, SUMMARIES[used.total == 1], shown(asked.dotted), used.total)


def _meant(found: list[Definition]) -> Definition | None:
    """The definition that is meant: the only one, or the only sure one."""
    sure = [definition for definition in found if definition.confidence >= SURE] or found
    return sure[0] if len(sure) == 1 else None


def _references(
    repository: RepositoryAtCommit, name: str, definition: Definition | None
) -> References:
    return graph.references_within(
        repository.index_id,
        name,
        repository.holds,
        definition=definition,
        limit=MAX_PLACES,
        at=repository.generation,
    )


def _lines(file: FileReferences, most: int) -> dict[int, str]:
    """The first lines with a use, and how each uses the name."""
    lines: dict[int, str] = {}
    for place in file.places:
        if len(lines) == most and place.line not in lines:
            break
        lines.setdefault(place.line, KINDS[place.kind])
    return lines


def _head(repository: RepositoryAtCommit, asked: AskedName, used: References) -> str:
    if used.total:
        files = plural(used.file_count, "file")
        head = f"{plural(used.total, 'use')} of {asked.name} in {files}, the likeliest first."
        return f"{head} {CUT}" if used.is_cut else head
    if used.is_cut:
        return f"No use of {asked.name} is known here. {CUT}"
    if not repository.has_symbols:
        return NO_SYMBOLS
    return f"No code uses {asked.name}. grep finds it in comments, texts and other files too."


FIND_REFERENCES = Tool(
    "find_references",
    "Find the lines of code that use a name: imports, calls, types, base classes, by file. Best to "
    "learn what depends on something. find_callers gives the calling functions instead.",
    (
        TextParameter(
            "name",
            "The name, alone or dotted: send, Session.send.",
            is_required=True,
            aliases=("symbol", "query", "identifier"),
        ),
        PATH_PARAMETER,
    ),
    find_references,
)
