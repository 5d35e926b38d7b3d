"""The code graph: outlines, definitions, references."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import BaseModel

from chat.api.rest.identity import READ, reader_of
from chat.api.rest.lists import Listed, ListOf, ListQuery
from chat.api.rest.lookups import readable_index
from chat.api.rest.texts import MAX_LINE, QueryText
from repos import graph

router = Router(tags=["symbols"])


class DefinitionRow(Schema):
    """A definition of lines `start` to `end`; `confidence` that it is the one meant, 0 to 1."""

    path: str
    language: str
    role: str
    name: str
    qualified_name: str
    kind: str
    start: int
    end: int
    signature: str
    comment: str
    confidence: float


class DefinitionRows(Schema):
    """Definitions at a commit."""

    commit: str
    definitions: list[DefinitionRow]


class UseRow(Schema):
    """A line on which a name is used, and how."""

    line: int
    kind: str

    @staticmethod
    def resolve_kind(use: graph.ReferenceLine) -> str:
        return use.kind.name.lower()


class FileUses(Schema):
    """The uses of a name in one file, the first of `total`."""

    path: str
    language: str
    role: str
    total: int
    confidence: float
    uses: list[UseRow]

    @staticmethod
    def resolve_uses(file: graph.FileReferences) -> Any:
        return file.places


class NameQuery(BaseModel):
    """A name, and where it stands if that is known."""

    name: QueryText = Field(min_length=1)
    path: QueryText = Field("", description="The file whose use of the name is meant.")
    line: int | None = Field(None, ge=1, le=MAX_LINE)


class UsesQuery(ListQuery):
    """A name."""

    name: QueryText = Field(min_length=1)


@router.get("/repositories/{repository_id}/outline", response=DefinitionRows, auth=READ)
def get_outline(request: HttpRequest, repository_id: uuid.UUID, path: Query[QueryText]) -> Any:
    """The definitions of a file, in their order."""
    index = readable_index(request, repository_id)
    return {"commit": index.commit, "definitions": graph.outline(index.pk, path)}


@router.get("/repositories/{repository_id}/definitions", response=DefinitionRows, auth=READ)
def find_definitions(
    request: HttpRequest, repository_id: uuid.UUID, query: Query[NameQuery]
) -> Any:
    """What a name may mean, the surest first."""
    index = readable_index(request, repository_id)
    found = graph.definitions(index.pk, query.name, from_path=query.path or None, line=query.line)
    return {"commit": index.commit, "definitions": found}


@router.get("/repositories/{repository_id}/references", response=Listed[FileUses], auth=READ)
def find_references(
    request: HttpRequest, repository_id: uuid.UUID, query: Query[UsesQuery]
) -> dict[str, Any]:
    """Where a name is used, by file."""
    index = readable_index(request, repository_id)
    part = ListOf.of(f"references in {index.pk}", reader_of(request), query)
    found = graph.references(index.pk, query.name, limit=part.limit, offset=part.offset)
    has_more = part.offset + len(found.files) < found.file_count
    return part.of_numbered(found.files, has_more=has_more)
