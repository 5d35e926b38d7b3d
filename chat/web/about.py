"""The page of a repository: what it is, its wiki, conversations, indexing and settings."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat.web.lookups import own_conversations, readable_repository
from chat.web.rail import rail_context
from chat.web.reader.folder_view import readme_opening
from chat.web.reader.indexed_code import IndexedCode
from chat.web.repository_parts import repository_parts
from repos import services
from repos.models import Index, IndexJob, Repository

MAX_JOBS = 12
MAX_CONVERSATIONS = 8
MAX_ENTRIES = 24  # of the root folder
MAX_FAILURES = 100
MAX_EXAMPLES = 8  # of files that were left out, for each reason


@dataclass(frozen=True)
class JobRow:
    """A line of the history of indexing; `took` is None before its end."""

    job: IndexJob
    took: timedelta | None
    result: Mapping[str, Any]


@dataclass(frozen=True)
class LeftOutFiles:
    """How many files were left out for a reason, with some of their paths."""

    reason: str
    count: int
    examples: list[str]


@require_safe
@login_required
def repository_about(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Everything that can be known and done about one repository besides asking."""
    repository = readable_repository(request, repository_id)
    jobs = list(repository.jobs.all()[:MAX_JOBS])
    conversations = own_conversations(request).filter(repository=repository, archived=False)
    context = {
        **rail_context(request),
        **_rights(request, repository),
        "repository": repository,
        "index": repository.current_index,
        "parts": repository_parts(request, repository),
        "conversations": conversations.order_by("-updated_at")[:MAX_CONVERSATIONS],
        "jobs": list(map(_job_row, jobs)),
        "failures": _failures(jobs),
        "refresh_hours": settings.REFRESH_HOURS,
    }
    if repository.current_index is not None:
        context |= _content(repository, repository.current_index, request.user.pk)
    return render(request, "chat/about.html", context)


def _rights(request: HttpRequest, repository: Repository) -> dict[str, bool]:
    return {
        "managed": repository.managed_by(request.user),
        "may_remove": services.may_remove(request.user, repository),
        "shared_by_user": repository.is_private and repository.shared_by(request.user),
    }


def _content(repository: Repository, index: Index, person_id: int | None) -> dict[str, Any]:
    """What is in it: the root folder, the first lines of its README, what was left out."""
    code = IndexedCode(repository, index, person_id)
    root = code.folder("")
    return {
        "entries": root.entries[:MAX_ENTRIES],
        "more_entries": len(root.entries) > MAX_ENTRIES,
        "opening": readme_opening(code, root),
        "left_out": list(_left_out(index.skipped)),
    }


def _left_out(skipped: Mapping[str, Any]) -> Iterator[LeftOutFiles]:
    """Those with most files first."""
    counts: dict[str, int] = skipped.get("counts", {})
    examples = skipped.get("examples", {})
    for reason, count in sorted(counts.items(), key=lambda item: -item[1]):
        yield LeftOutFiles(reason, count, examples.get(reason, [])[:MAX_EXAMPLES])


def _job_row(job: IndexJob) -> JobRow:
    return JobRow(job, _took(job), job.result)


def _took(job: IndexJob) -> timedelta | None:
    if job.started_at and job.finished_at:
        return job.finished_at - job.started_at
    return None


def _failures(jobs: list[IndexJob]) -> list[tuple[str, str]]:
    """(path, reason) of the files that the last finished job could not read."""
    last = next((job for job in jobs if job.finished_at), None)
    if last is None:
        return []
    return list(islice(last.failures.items(), MAX_FAILURES))
