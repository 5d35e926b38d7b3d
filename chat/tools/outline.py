"""The symbols of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chat.tools.arguments import Arguments
from chat.tools.parameters import TextParameter
from chat.tools.repository import RepositoryAtCommit
from chat.tools.results import Body, ToolOutput, plural, shown
from chat.tools.symbols import NO_SYMBOLS
from chat.tools.tool import Tool
from repos import graph
from repos.graph import Definition

MAX_SIGNATURE_CHARS = 160
MAX_DEPTH = 6
INDENTATION = "  "


def outline(repository: RepositoryAtCommit, arguments: Arguments) -> ToolOutput:
    """The definitions of a file in their order, those inside of others indented."""
    path = repository.find_path(repository.asked_path(arguments.text("path")))
    found = graph.outline(repository.index_id, path, at=repository.generation)
    body = Body()
    count = body.add_first(_lines(found))
    place = repository.shown_path(path)
    head = f"{place}: {_counts(repository, len(found), count)}"
    return ToolOutput(head, "step_outlined", {"path": shown(place)}, body.text)


def _counts(repository: RepositoryAtCommit, total: int, count: int) -> str:
    if count < total:
        return f"the first {count} of {total} symbols; grep with paths finds the others."
    if total:
        return f"{plural(total, 'symbol')}, each with its lines."
    if repository.has_symbols:
        return "no symbols are known in it. Read it with read_file."
    return NO_SYMBOLS


def _lines(found: Sequence[Definition]) -> Iterator[str]:
    for definition, depth in graph.with_depths(found):
        text = (definition.signature or definition.name).removeprefix(f"{definition.kind} ")
        indentation = INDENTATION * min(depth, MAX_DEPTH)
        yield (
            f"{indentation}{definition.start}-{definition.end} {definition.kind} "
            f"{text[:MAX_SIGNATURE_CHARS]}"
        )


OUTLINE = Tool(
    "outline",
    "List the classes, functions and other symbols of a file with their lines, without the code. "
    "Best before read_file in a long file, to read the right lines at once.",
    (
        TextParameter(
            "path",
            "Path from the root of the repository, such as src/app.py.",
            is_required=True,
            aliases=("file", "file_path", "filename"),
        ),
    ),
    outline,
)
