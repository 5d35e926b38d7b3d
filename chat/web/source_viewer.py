"""The source pane: a file as the reader shows it, from the lines that a citation names on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat.web.reader.file_view import ReadFile, host_context, lines_context
from chat.web.reader.indexed_code import MAX_PATH_CHARS, IndexedCode
from chat.web.reader.outline import definition_of_lines
from repos.models import Repository


def viewer_context(
    repository: Repository, person_id: int | None, query: Mapping[str, str]
) -> dict[str, Any]:
    """Context of the source pane for the query parameters `path`, `start` and `end`.

    Without `rows` if the current index has no such file or the person may not read it.
    """
    path = query.get("path", "")[:MAX_PATH_CHARS]
    context: dict[str, Any] = {"path": path, "repository": repository}
    if repository.current_index is None:
        return context
    code = IndexedCode(repository, repository.current_index, person_id)
    document = code.file(path)
    if document is None:
        return context
    file = ReadFile(document)
    return {**context, **_file_context(code, file, file.chosen(_lines(query)))}


def _lines(query: Mapping[str, str]) -> str:
    """The lines that are named; the first line where none are."""
    start = query.get("start") or "1"
    return f"{start}-{query.get('end') or start}"


def _file_context(code: IndexedCode, file: ReadFile, cited: range) -> dict[str, Any]:
    cited = cited or range(1, 2)
    path = file.document.path
    return {
        "symbol": definition_of_lines(code, path, cited),
        "name": path.rpartition("/")[2],
        "start": cited.start,
        "end": cited.stop - 1,
        "commit": code.index.commit,
        **lines_context(file, cited),
        **host_context(code, path),
    }
