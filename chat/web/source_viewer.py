"""The lines of a source file around those asked for, highlighted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from chat.rendering import highlight_lines
from chat.web.view_models import safe
from repos.models import Repository
from repos.search import read_file

SHOWN_LINES = 400  # before and after those asked for


@dataclass(frozen=True)
class Line:
    """A line of a source file: highlighted and sanitised, whether it is one of those cited, and where its host has it."""

    number: int
    html: SafeString
    marked: bool
    url: str


def viewer(
    repository: Repository, person_id: int | None, asked: Mapping[str, str]
) -> dict[str, Any]:
    """The lines around those asked for, of a file in the current index; without `lines` when it is not there."""
    path = asked.get("path", "")[:1_000]
    start, end = _number(asked.get("start")), _number(asked.get("end"))
    document = read_file(repository, path, person_id)
    if document is None:
        return {"path": path, "repository": repository}
    highlighted = highlight_lines(document.text, document.language)
    start = min(max(1, start), len(highlighted))
    end = min(max(start, end), len(highlighted))
    commit = repository.current_index.commit if repository.current_index else ""
    address = repository.address
    first, last = max(1, start - SHOWN_LINES), end + SHOWN_LINES
    lines = [
        Line(
            number,
            safe(text),
            start <= number <= end,
            address.blob_url(commit, document.path, number, number),
        )
        for number, text in enumerate(highlighted[first - 1 : last], first)
    ]
    return {
        "path": document.path,
        "repository": repository,
        "start": start,
        "end": end,
        "commit": commit,
        "lines": lines,
        "host_url": repository.address.blob_url(commit, document.path, start, end),
    }


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 1
