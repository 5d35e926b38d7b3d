"""Files of the index: folders, lines, paths."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import BaseModel

from chat.api.rest.identity import READ, reader_of
from chat.api.rest.lookups import readable_index, readable_repository
from chat.api.rest.problems import no_such, not_indexed
from chat.api.rest.texts import MAX_LINE, QueryShort, QueryText
from repos.search import find_files, list_folder, read_file

router = Router(tags=["files"])
MAX_LINES = 5_000  # of an answer
MAX_CHARS = 1_000_000


class FolderRow(Schema):
    """A file or folder. `files` is how many are below a folder."""

    path: str
    name: str
    is_folder: bool
    files: int
    lines: int


class FolderRows(Schema):
    """A folder; `is_cut` where it has more entries."""

    path: str
    entries: list[FolderRow]
    is_cut: bool


class FolderAtCommit(Schema):
    """A folder at the indexed commit."""

    commit: str
    folder: FolderRows


class FileRow(Schema):
    """A file of the index. `role` is code, test or docs."""

    path: str
    language: str
    role: str
    lines: int


class FileText(Schema):
    """Lines `first` to `last` of a file at the indexed commit; `is_cut` where they were more."""

    commit: str
    file: FileRow
    first: int
    last: int
    text: str
    is_cut: bool


class FoundPaths(Schema):
    """Paths, the best first."""

    commit: str
    paths: list[str]


class FolderQuery(BaseModel):
    """Which folder."""

    path: QueryText = ""


class FileQuery(BaseModel):
    """Which lines of which file."""

    path: QueryText
    first: int = Field(1, ge=1, le=MAX_LINE)
    last: int = Field(MAX_LINE, ge=1, le=MAX_LINE)


@router.get("/repositories/{repository_id}/files", response=FolderAtCommit, auth=READ)
def list_files(
    request: HttpRequest, repository_id: uuid.UUID, query: Query[FolderQuery]
) -> dict[str, Any]:
    """What is in a folder: the root, or the one at `path`."""
    index = readable_index(request, repository_id)
    path = query.path.rstrip("/")
    folder = list_folder(index, path + "/" * bool(path))
    if path and not folder.entries:
        raise no_such()
    return {"commit": index.commit, "folder": folder}


@router.get("/repositories/{repository_id}/file", response=FileText, auth=READ)
def get_file(
    request: HttpRequest, repository_id: uuid.UUID, query: Query[FileQuery]
) -> dict[str, Any]:
    """Lines of a file."""
    repository = readable_repository(request, repository_id)
    if repository.current_index is None:
        raise not_indexed()
    document = read_file(repository, query.path, reader_of(request).pk)
    if document is None:
        raise no_such()
    lines = _lines(document.text, query)
    return {"commit": repository.current_index.commit, "file": document, **lines}


def _lines(text: str, query: FileQuery) -> dict[str, Any]:
    wanted = text.split("\n")[query.first - 1 : query.last]
    lines = wanted[:MAX_LINES]
    joined = "\n".join(lines)
    is_cut = len(wanted) > len(lines) or len(joined) > MAX_CHARS
    last = query.first - 1 + len(lines)
    return {"first": query.first, "last": last, "text": joined[:MAX_CHARS], "is_cut": is_cut}


@router.get("/repositories/{repository_id}/paths", response=FoundPaths, auth=READ)
def find_paths(request: HttpRequest, repository_id: uuid.UUID, query: Query[QueryShort]) -> Any:
    """Files whose path holds the characters of `query` in their order."""
    index = readable_index(request, repository_id)
    found = find_files(index, query)
    return {"commit": index.commit, "paths": [file.path for file in found]}
