"""Wikis, what they hold and their builds in the admin; what pages say is not edited there."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from deepwiki.wiki.models import (
    NoteVersion,
    PageNote,
    PageVersion,
    ReaderComment,
    Wiki,
    WikiBuild,
    WikiPage,
)


@admin.register(Wiki)
class WikiAdmin(admin.ModelAdmin[Wiki]):
    list_display = ("repository", "commit", "built_at", "is_public", "is_disabled")
    list_select_related = ("repository",)
    list_filter = ("is_public", "is_disabled")
    search_fields = ("repository__name", "repository__url")
    readonly_fields = ("repository", "commit", "coverage", "built_at")
    filter_horizontal = ("editor_groups",)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that staff read and delete."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds them here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes them here."""
        return False


@admin.register(WikiBuild)
class WikiBuildAdmin(admin.ModelAdmin[WikiBuild]):
    list_display = ("wiki", "repository", "state", "commit", "created_at", "finished_at")
    list_select_related = ("wiki__repository",)
    list_filter = ("state",)
    readonly_fields = tuple(field.name for field in WikiBuild._meta.fields)

    def repository(self, build: WikiBuild) -> str:
        """Its name."""
        return build.wiki.repository.name


@admin.register(WikiPage)
class WikiPageAdmin(ReadOnlyAdmin):
    list_display = ("title", "repository", "kind", "slug", "is_removed", "created_at")
    list_select_related = ("wiki__repository",)
    list_filter = ("kind", "is_removed")
    search_fields = ("title", "slug", "wiki__repository__name")

    def repository(self, page: WikiPage) -> str:
        """Its name."""
        return page.wiki.repository.name


class OfPageAdmin(ReadOnlyAdmin):
    """Rows that belong to a page."""

    list_select_related: ClassVar[tuple[str, ...]] = ("page__wiki__repository",)

    def repository(self, row: Any) -> str:
        """Its name."""
        return str(row.page.wiki.repository.name)


@admin.register(PageVersion)
class PageVersionAdmin(OfPageAdmin):
    list_display = ("title", "repository", "version_number", "language", "made_by", "created_at")
    list_select_related = ("page__wiki__repository", "author")
    list_filter = ("made_by", "language")
    search_fields = ("title", "page__wiki__repository__name")
    show_full_result_count = False


class NoteVersionInline(admin.TabularInline[NoteVersion, PageNote]):
    model = NoteVersion
    fields = ("version_number", "kind", "text", "author", "created_at")
    readonly_fields = fields
    can_delete = False
    extra = 0


@admin.register(PageNote)
class PageNoteAdmin(OfPageAdmin):
    list_display = ("page", "repository", "language", "created_at", "deleted_at", "deleted_by")
    list_select_related = ("page__wiki__repository", "deleted_by")
    search_fields = ("page__title", "page__wiki__repository__name", "versions__text")
    inlines = (NoteVersionInline,)


@admin.register(ReaderComment)
class ReaderCommentAdmin(OfPageAdmin):
    list_display = ("page", "repository", "author", "created_at", "resolved_at", "resolved_by")
    list_select_related = ("page__wiki__repository", "author", "resolved_by")
    search_fields = ("text", "author__username", "page__wiki__repository__name")
