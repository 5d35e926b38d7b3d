"""`list_repositories` and `repository_status`: which there are, and whether they are indexed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q

from chat.api.mcp.parameters import REPOSITORY, take_repository
from chat.api.mcp.tool import (
    NUMBER,
    TEXT,
    AgentTool,
    CallRequest,
    ToolCallOutcome,
    list_of,
    object_of,
)
from chat.database_errors import database_errors_as_down
from chat.services.cursors import make_cursor, read_cursor
from chat.services.named_repositories import find_named_repository, model_name, readable_rows
from chat.tools.arguments import Arguments, object_schema, read_object
from chat.tools.parameters import TextParameter
from deepwiki.foundation.threads import in_thread
from repos.access.permissions import PersonId
from repos.models import IndexJob, Repository, RepositoryQuerySet

PAGE_SIZE = 100
PURPOSE = "list_repositories"
NOTHING = "No repository is indexed that you may read."
QUERY = TextParameter("query", "Only those whose name or address holds this.", aliases=("name",))
CURSOR = TextParameter("cursor", "Where the list goes on: nextCursor of the call before.")
LIST_PARAMETERS = (QUERY, CURSOR)
SHAPE = {
    "repository": TEXT,
    "address": TEXT,
    "state": TEXT,
    "commit": TEXT,
    "passages": NUMBER,
    "updated": TEXT,
}


async def list_repositories(call: CallRequest) -> ToolCallOutcome:
    """See AgentTool."""
    arguments = read_object(call.arguments, LIST_PARAMETERS)
    with database_errors_as_down():
        return await in_thread(_list, call.caller.reader, arguments)


def _list(reader: PersonId, arguments: Arguments) -> ToolCallOutcome:
    after = read_cursor(PURPOSE, reader.pk, arguments.text("cursor"))
    found = list(_rows(reader, after, arguments.text("query"))[: PAGE_SIZE + 1])
    listed = found[:PAGE_SIZE]
    data: dict[str, Any] = {"repositories": [_entry(row) for row in listed]}
    if len(found) > PAGE_SIZE:
        data["nextCursor"] = make_cursor(PURPOSE, reader.pk, str(listed[-1].pk))
    return ToolCallOutcome("\n".join(_lines(data)) or NOTHING, data)


def _rows(reader: PersonId, after: str, query: str) -> RepositoryQuerySet:
    """Those that are indexed, in a lasting order."""
    rows = readable_rows(reader).filter(current_index__isnull=False).order_by("pk")
    if after:
        rows = rows.filter(pk__gt=after)
    return rows.filter(Q(name__icontains=query) | Q(url__icontains=query))


def _lines(data: Mapping[str, Any]) -> Iterator[str]:
    for entry in data["repositories"]:
        yield f"- {entry['repository']}"
    if "nextCursor" in data:
        yield f"There are more: call list_repositories with cursor={data['nextCursor']}"


async def repository_status(call: CallRequest) -> ToolCallOutcome:
    """See AgentTool."""
    with database_errors_as_down():
        return await in_thread(_status, call)


def _status(call: CallRequest) -> ToolCallOutcome:
    name, _ = take_repository(call.arguments)
    repository = find_named_repository(call.caller.reader, name)
    return _listed({**_entry(repository), **_job(repository.jobs.first())})


def _listed(data: dict[str, Any]) -> ToolCallOutcome:
    """The data, and each of its values on a line."""
    return ToolCallOutcome("\n".join(f"{key}: {value}" for key, value in data.items()), data)


def _entry(repository: Repository) -> dict[str, Any]:
    """What may be known of a repository by whoever may read it."""
    index = repository.current_index
    entry: dict[str, Any] = {"repository": model_name(repository), "address": repository.url}
    if index is None:
        return {**entry, "state": _unread_state(repository)}
    return {
        **entry,
        "state": "indexed",
        "commit": index.commit,
        "passages": index.chunks,
        "updated": index.updated_at.isoformat(),
    }


def _unread_state(repository: Repository) -> str:
    return "closed" if repository.closed_at else "not indexed"


def _job(job: IndexJob | None) -> dict[str, Any]:
    """What is being done, or why it could not be."""
    if job is None:
        return {}
    progress = {"job": job.state, "stage": job.stage, "done": job.progress, "total": job.total}
    if job.error:
        progress["error"] = job.error
    return progress


LIST_REPOSITORIES = AgentTool(
    name="list_repositories",
    title="List repositories",
    description="List the repositories that are indexed here and that you may read.",
    input_schema=object_schema(LIST_PARAMETERS),
    output_schema=object_of(
        ("repositories",),
        repositories=list_of(object_of(("repository", "state"), **SHAPE)),
        nextCursor=TEXT,
    ),
    run=list_repositories,
)
REPOSITORY_STATUS = AgentTool(
    name="repository_status",
    title="State of a repository",
    description="Tell whether a repository is indexed, at which commit, and how far indexing is.",
    input_schema=object_schema((REPOSITORY,)),
    output_schema=object_of(
        ("repository", "state"),
        **SHAPE,
        job=TEXT,
        stage=TEXT,
        done=NUMBER,
        total=NUMBER,
        error=TEXT,
    ),
    run=repository_status,
)
