"""Repositories, documents, indexes and jobs in the admin.

`chat.admin` adds what chat knows of them.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat

from deepwiki.foundation.read_only_admin import ListedFilters, ReadOnly, ReadOnlyWithActions
from repos import jobs, services
from repos.index import size_of_repository
from repos.jobs.revision_choice import choose_revision
from repos.models import Document, Index, IndexJob, Repository, may_share_of_others
from repos.sources import SourceError, parse_address

MAX_CHECKED = 5  # each may take half a minute
# What decides who reads a repository.
READER_FIELDS = ["is_private", "added_by", "readers", "reader_groups", "shares_allowed"]


class RepositoryForm(forms.ModelForm[Repository]):
    """The access token is write-only."""

    new_token = forms.CharField(
        label="Access token",
        required=False,
        strip=True,
        widget=forms.PasswordInput(render_value=False),
        help_text="Leave empty to keep the present one. Kept encrypted.",
    )

    class Meta:
        model = Repository
        fields = [
            "url",
            "kind",
            "revision",
            "is_private",
            "added_by",
            "readers",
            "reader_groups",
            "shares_allowed",
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            address = parse_address(cleaned.get("url", ""), cleaned.get("kind", ""))
            cleaned["revision"] = choose_revision(address, cleaned.get("revision", ""))
        except SourceError as error:
            raise forms.ValidationError({"url": str(error)}) from error
        cleaned["url"], cleaned["kind"] = address.url, address.kind
        self.instance.name = address.name
        cleaned["added_by"] = self._owner(cleaned)
        return cleaned

    def _owner(self, cleaned: dict[str, Any]) -> Any:
        """Of a private repository; a public one outlives the person who added it."""
        if not cleaned.get("is_private", self.instance.is_private):
            return None
        owner = cleaned.get("added_by", self.instance.added_by)
        if not owner:
            raise forms.ValidationError({"added_by": "A private repository needs an owner."})
        return owner


@admin.register(Repository)
class RepositoryAdmin(ListedFilters):
    form = RepositoryForm
    list_display = [
        "name",
        "kind",
        "is_private",
        "state",
        "files",
        "chunks",
        "last_error",
        "used_at",
    ]
    list_filter = ["kind", "is_private"]
    list_select_related = ["current_index"]
    search_fields = ["name", "url"]
    autocomplete_fields = ["added_by"]
    filter_horizontal = ["readers", "reader_groups"]
    readonly_fields = ["state", "files", "chunks", "size", "last_error"]
    actions = ["reindex", "rebuild", "pause", "resume", "cancel", "check_connection"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Repository]:
        return super().get_queryset(request).prefetch_related("jobs")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who reads a repository is changed with a permission of its own."""
        fields = super().get_readonly_fields(request, obj)
        if may_share_of_others(request.user):
            return fields
        return [*fields, *READER_FIELDS]

    def save_model(self, request: HttpRequest, obj: Repository, form: Any, change: bool) -> None:  # noqa: FBT001 - Django calls it so
        if change and _is_moved_to_another_host(obj):
            obj.token = ""  # it was given for the host before
        if form.cleaned_data.get("new_token"):
            obj.token = form.cleaned_data["new_token"]
            obj.is_private = True
            obj.added_by_id = obj.added_by_id or request.user.pk
        super().save_model(request, obj, form, change)
        if not change:
            services.refresh(obj, request.user.pk)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # Django's own would list every conversation and message.
        names = [f"{repository.name} with its index, jobs and conversations" for repository in objs]
        return names, {"repositories": len(names)}, set(), []

    @admin.display(description="State")
    def state(self, repository: Repository) -> str:
        job = _latest_job(repository)
        if job is not None and job.state in (*IndexJob.UNFINISHED, IndexJob.State.FAILED):
            return f"{job} {job.percent} %" if job.total else str(job)
        if repository.current_index is None:
            return "not indexed"
        return repository.current_index.get_state_display()

    @admin.display(description="Files")
    def files(self, repository: Repository) -> int:
        return repository.current_index.files if repository.current_index else 0

    @admin.display(description="Chunks")
    def chunks(self, repository: Repository) -> int:
        return repository.current_index.chunks if repository.current_index else 0

    @admin.display(description="Size of the index")
    def size(self, repository: Repository) -> str:
        if repository.current_index_id is None:
            return "-"
        return filesizeformat(size_of_repository(repository))

    @admin.display(description="Last error")
    def last_error(self, repository: Repository) -> str:
        job = _latest_job(repository)
        return job.error[:120] if job else ""

    @admin.action(description="Bring the index up to date", permissions=["change"])
    def reindex(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        for repository in queryset:
            services.refresh(repository, request.user.pk)
        self.message_user(request, "Queued.", messages.SUCCESS)

    @admin.action(description="Build the index anew", permissions=["change"])
    def rebuild(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        for repository in queryset:
            services.refresh(repository, request.user.pk, force=True)
        self.message_user(request, "Queued.", messages.SUCCESS)

    @admin.action(description="Pause indexing", permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        for job in _unfinished_jobs(queryset):
            jobs.pause(job)

    @admin.action(description="Resume indexing", permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        for job in _unfinished_jobs(queryset):
            jobs.resume(job)

    @admin.action(description="Check the connection to their hosts", permissions=["change"])
    def check_connection(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        for repository in queryset[:MAX_CHECKED]:
            is_reached, message = services.check_connection(repository)
            level = messages.SUCCESS if is_reached else messages.ERROR
            self.message_user(request, f"{repository.name}: {message}", level)

    @admin.action(description="Cancel indexing", permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        for job in _unfinished_jobs(queryset):
            jobs.cancel(job)


def _is_moved_to_another_host(repository: Repository) -> bool:
    stored = Repository.objects.get(pk=repository.pk).address
    return (stored.hostname, stored.port) != (
        repository.address.hostname,
        repository.address.port,
    )


def _unfinished_jobs(repositories: QuerySet[Repository]) -> QuerySet[IndexJob]:
    return IndexJob.objects.unfinished().filter(repository__in=repositories)


def _latest_job(repository: Repository) -> IndexJob | None:
    """From the prefetched jobs."""
    return next(iter(repository.jobs.all()), None)


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

    @admin.display(description="Repository")
    def repository(self, document: Document) -> str:
        return document.index.repository.name

    @admin.display(description="Chunks", ordering="chunk_count")
    def chunk_count(self, document: Any) -> int:
        return int(document.chunk_count)


@admin.register(IndexJob)
class IndexJobAdmin(ReadOnlyWithActions):
    list_display = [
        "repository",
        "state",
        "stage",
        "percent",
        "requested_by",
        "created_at",
        "finished_at",
        "error",
    ]
    list_filter = ["state", "stage"]
    list_select_related = ["repository", "requested_by"]
    actions = ["retry", "cancel"]

    @admin.display(description="%")
    def percent(self, job: IndexJob) -> int:
        return job.percent

    @admin.action(description="Try again", permissions=["change"])
    def retry(self, request: HttpRequest, queryset: QuerySet[IndexJob]) -> None:
        for job in queryset.select_related("repository"):
            services.refresh(job.repository, request.user.pk, force=job.force)

    @admin.action(description="Cancel", permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[IndexJob]) -> None:
        for job in queryset:
            jobs.cancel(job)


@admin.register(Index)
class IndexAdmin(ReadOnly):
    list_display = ["repository", "state", "commit", "files", "chunks", "created_at", "updated_at"]
    list_select_related = ["repository"]
