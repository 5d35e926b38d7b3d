"""Repositories in the admin: their list, the page of each, and what is done with them."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deepwiki.foundation.read_only_admin import ListedFilters, short_date
from repos import jobs, services
from repos.admin.index_rows import job_state
from repos.admin.repository_page import page_context, readers_in_words, removed_with
from repos.jobs.revision_choice import choose_revision
from repos.models import IndexJob, Repository, may_share_of_others
from repos.sources import SourceError, parse_address
from repos.states import shown_state

MAX_COUNTED_REPOSITORIES = 50
SHOWN_STATE_CHARS = 60
# Actions that are buttons on the page of a repository, too.
ACTIONS = ("reindex", "rebuild", "pause", "resume", "cancel", "check_connection")
MAX_CHECKED = 5  # each may take half a minute
# What decides who reads a repository.
READER_FIELDS = ["is_private", "added_by", "readers", "reader_groups", "shares_allowed"]


class RepositoryForm(forms.ModelForm[Repository]):
    """The access token is write-only."""

    new_token = forms.CharField(
        label=_("Access token"),
        required=False,
        strip=True,
        widget=forms.PasswordInput(render_value=False),
        help_text=_("Leave empty to keep the present one. Kept encrypted."),
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
            raise forms.ValidationError({"added_by": _("A private repository needs an owner.")})
        return owner


@admin.register(Repository)
class RepositoryAdmin(ListedFilters):
    """Repositories; the page of one has all that an administrator does with it."""

    form = RepositoryForm
    change_form_template = "admin/repository.html"
    list_display = ["name", "state", "read_by", "files", "chunks", "used"]
    list_filter = ["kind", "is_private"]
    list_select_related = ["current_index"]
    search_fields = ["name", "url"]
    autocomplete_fields = ["added_by"]
    filter_horizontal = ["readers", "reader_groups"]
    actions = ["reindex", "rebuild", "pause", "resume", "cancel", "check_connection"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Repository]:
        return super().get_queryset(request).prefetch_related("jobs")

    def get_urls(self) -> list[Any]:
        """An address for each thing that the page of a repository does."""
        view = self.admin_site.admin_view(self.act)
        act = path("<uuid:object_id>/do/<slug:name>/", view, name="repos_repository_act")
        return [act, *super().get_urls()]

    def act(self, request: HttpRequest, object_id: uuid.UUID, name: str) -> HttpResponse:
        """Do one of ACTIONS with one repository, and show its page again."""
        repository = self.get_queryset(request).filter(pk=object_id)
        if name not in ACTIONS:
            return redirect("admin:repos_repository_change", object_id)
        if not self.has_change_permission(request) or request.method != "POST":
            raise PermissionDenied
        getattr(self, name)(request, repository)
        return redirect("admin:repos_repository_change", object_id)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of a repository: its state and figures above the form."""
        repository = self.get_object(request, object_id)
        context = {**(extra_context or {})}
        if repository is not None and self.has_view_permission(request, repository):
            context |= page_context(repository)
        return super().change_view(request, object_id, form_url, context)

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
        """Counts of what goes along; Django's own would list every conversation."""
        lines: list[Any] = []
        for repository in list(objs)[:MAX_COUNTED_REPOSITORIES]:
            counts = [f"{count} {name}" for name, count in removed_with(repository)]
            lines += [_("%(name)s, with") % {"name": repository.name}, counts]
        return lines, {_("repositories"): len(objs)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Repository) -> None:
        services.remove(obj, request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        for repository in queryset:
            services.remove(repository, request.user)

    @admin.display(description=_("State"))
    def state(self, repository: Repository) -> str:
        job = _latest_job(repository)
        if job is not None and job.state in IndexJob.UNFINISHED:
            return job_state(job)
        return Truncator(shown_state(repository, job).words).chars(SHOWN_STATE_CHARS)

    @admin.display(description=_("Read by"))
    def read_by(self, repository: Repository) -> str:
        return readers_in_words(repository)

    @admin.display(description=_("Last used"), ordering="used_at")
    def used(self, repository: Repository) -> str:
        return short_date(repository.used_at)

    @admin.display(description=_("Files"), ordering="current_index__files")
    def files(self, repository: Repository) -> str:
        return f"{repository.current_index.files:,}" if repository.current_index else "–"

    @admin.display(description=_("Chunks"), ordering="current_index__chunks")
    def chunks(self, repository: Repository) -> str:
        return f"{repository.current_index.chunks:,}" if repository.current_index else "–"

    @admin.action(description=_("Bring the index up to date"), permissions=["change"])
    def reindex(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        for repository in queryset:
            services.refresh(repository, request.user.pk)
        self.message_user(request, _("Queued."), messages.SUCCESS)

    @admin.action(description=_("Build the index anew"), permissions=["change"])
    def rebuild(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        for repository in queryset:
            services.refresh(repository, request.user.pk, force=True)
        self.message_user(request, _("Queued."), messages.SUCCESS)

    @admin.action(description=_("Pause indexing"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        for job in _unfinished_jobs(queryset):
            jobs.pause(job)

    @admin.action(description=_("Resume indexing"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        for job in _unfinished_jobs(queryset):
            jobs.resume(job)

    @admin.action(description=_("Check the connection to their hosts"), permissions=["change"])
    def check_connection(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        for repository in queryset[:MAX_CHECKED]:
            is_reached, message = services.check_connection(repository)
            level = messages.SUCCESS if is_reached else messages.ERROR
            self.message_user(request, f"{repository.name}: {gettext(message)}", level)

    @admin.action(description=_("Cancel indexing"), permissions=["change"])
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
