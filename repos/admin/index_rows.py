"""Documents, indexes and jobs in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deepwiki.foundation.read_only_admin import (
    ReadOnly,
    ReadOnlyWithActions,
    ShortCommit,
    short_date,
)
from repos import jobs, services
from repos.models import Document, Index, IndexJob
from repos.states import job_error

SHOWN_ERROR_CHARS = 60


def job_state(job: IndexJob) -> str:
    """A job's state in words, with how far its stage has come while it is at work."""
    state = job.get_state_display().capitalize()
    if job.state not in IndexJob.UNFINISHED:
        return state
    if not job.total:
        return f"{state}: {job.get_stage_display()}"
    return f"{state}: {job.get_stage_display()}, {job.percent} %"


def failed_state(job: IndexJob) -> str:
    """The beginning of why a job failed, in the reader's language where it is known."""
    return Truncator(gettext("Failed: %(error)s") % {"error": job_error(job)}).chars(
        SHOWN_ERROR_CHARS
    )


@admin.register(Document)
class DocumentAdmin(ReadOnly):
    list_display = ["path", "repository", "language", "role", "lines", "chunk_count"]
    list_filter = ["role", "language"]
    search_fields = ["path"]
    fields = ["path", "repository", "language", "role", "lines", "size", "sha"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        documents = Document.objects.filter(is_live=True).defer("text")
        with_repository = documents.select_related("index__repository")
        return with_repository.annotate(chunk_count=Count("chunks"))

    @admin.display(description=_("Repository"))
    def repository(self, document: Document) -> str:
        return document.index.repository.name

    @admin.display(description=_("Chunks"), ordering="chunk_count")
    def chunk_count(self, document: Any) -> int:
        return int(document.chunk_count)


@admin.register(IndexJob)
class IndexJobAdmin(ReadOnlyWithActions):
    list_display = ["repository", "state_now", "requested_by", "asked_at", "took"]
    list_filter = ["state", "stage"]
    list_select_related = ["repository", "requested_by"]
    search_fields = ["repository__name", "error"]
    actions = ["retry", "cancel"]

    @admin.display(description=_("State"), ordering="state")
    def state_now(self, job: IndexJob) -> str:
        if job.state != IndexJob.State.FAILED:
            return job_state(job)
        return failed_state(job)

    @admin.display(description=_("Asked for"), ordering="created_at")
    def asked_at(self, job: IndexJob) -> str:
        return short_date(job.created_at)

    @admin.display(description=_("Took"), ordering="finished_at")
    def took(self, job: IndexJob) -> str:
        return duration(job)

    @admin.action(description=_("Try again"), permissions=["change"])
    def retry(self, request: HttpRequest, queryset: QuerySet[IndexJob]) -> None:
        for job in queryset.select_related("repository"):
            services.refresh(job.repository, request.user.pk, force=job.force)

    @admin.action(description=_("Cancel"), permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[IndexJob]) -> None:
        for job in queryset:
            jobs.cancel(job)


def duration(job: IndexJob) -> str:
    """How long a job took from its start to its end; a dash where it has none."""
    if job.started_at is None or job.finished_at is None:
        return "–"
    seconds = round((job.finished_at - job.started_at).total_seconds())
    if seconds < 60:
        return gettext("%s s") % seconds
    return gettext("%(minutes)s min %(seconds)s s") % {
        "minutes": seconds // 60,
        "seconds": seconds % 60,
    }


@admin.register(Index)
class IndexAdmin(ShortCommit, ReadOnly):
    list_display = ["repository", "state", "short_commit", "files", "chunks", "changed"]
    list_select_related = ["repository"]
    search_fields = ["repository__name", "commit"]

    @admin.display(description=_("Changed"), ordering="updated_at")
    def changed(self, index: Index) -> str:
        return short_date(index.updated_at)
