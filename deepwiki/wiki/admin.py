"""Wikis, what they hold and their builds in the admin; what pages say is not edited there."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deepwiki.foundation.read_only_admin import ShortCommit, short_date
from deepwiki.wiki.models import (
    NoteVersion,
    PageNote,
    PageVersion,
    ReaderComment,
    Wiki,
    WikiBuild,
    WikiPage,
)
from repos.admin import AdminSection, add_removed, add_section
from repos.admin.repository_page import counted
from repos.models import Repository


@admin.register(Wiki)
class WikiAdmin(ShortCommit, admin.ModelAdmin[Wiki]):
    list_display = ("repository", "short_commit", "built", "is_public", "is_disabled")
    list_select_related = ("repository",)
    list_filter = ("is_public", "is_disabled")
    search_fields = ("repository__name", "repository__url")
    readonly_fields = ("repository", "commit", "coverage", "built_at")
    filter_horizontal = ("editor_groups",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A wiki is made by a build, of a repository that has none."""
        return False

    @admin.display(description=_("Built"), ordering="built_at")
    def built(self, wiki: Wiki) -> str:
        return short_date(wiki.built_at)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that staff read and delete."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds them here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes them here."""
        return False


@admin.register(WikiBuild)
class WikiBuildAdmin(ShortCommit, ReadOnlyAdmin):
    list_display = ("repository", "state", "short_commit", "asked", "finished")
    list_select_related = ("wiki__repository",)
    list_filter = ("state",)
    readonly_fields = tuple(field.name for field in WikiBuild._meta.fields)

    @admin.display(description=_("Repository"))
    def repository(self, build: WikiBuild) -> str:
        """Its name."""
        return build.wiki.repository.name

    @admin.display(description=_("Asked for"), ordering="created_at")
    def asked(self, build: WikiBuild) -> str:
        return short_date(build.created_at)

    @admin.display(description=_("Finished"), ordering="finished_at")
    def finished(self, build: WikiBuild) -> str:
        return short_date(build.finished_at)


@admin.register(WikiPage)
class WikiPageAdmin(ReadOnlyAdmin):
    list_display = ("title", "repository", "kind", "slug", "is_removed", "created_at")
    list_select_related = ("wiki__repository",)
    list_filter = ("kind", "is_removed")
    search_fields = ("title", "slug", "wiki__repository__name")

    @admin.display(description=_("Repository"))
    def repository(self, page: WikiPage) -> str:
        """Its name."""
        return page.wiki.repository.name


class OfPageAdmin(ReadOnlyAdmin):
    """Rows that belong to a page."""

    list_select_related: ClassVar[tuple[str, ...]] = ("page__wiki__repository",)

    @admin.display(description=_("Repository"))
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


def _wiki_section(repository: Repository) -> AdminSection:
    """The wiki of a repository, on its page."""
    wiki = Wiki.objects.filter(repository=repository).first()
    if wiki is None:
        return AdminSection(gettext("Wiki"), [(gettext("State"), gettext("none"))])
    build = WikiBuild.objects.filter(wiki=wiki).order_by("-created_at").first()
    facts = [
        (gettext("State"), gettext("switched off") if wiki.is_disabled else gettext("on")),
        (gettext("Read by"), _readers(wiki)),
        (gettext("Pages"), counted(WikiPage.objects.filter(wiki=wiki, is_removed=False))),
        (gettext("Built"), date_format(wiki.built_at, "DATETIME_FORMAT") if wiki.built_at else "–"),
        (gettext("Latest build"), build.get_state_display() if build else "–"),
    ]
    links = [
        (gettext("Read and manage it"), reverse("wiki", args=[repository.pk])),
        (gettext("Its editors"), reverse("admin:wiki_wiki_change", args=[wiki.pk])),
    ]
    return AdminSection(gettext("Wiki"), facts, links)


def _readers(wiki: Wiki) -> str:
    if wiki.is_public:
        return gettext("everybody, strangers too")
    return gettext("readers of the repository")


def _removed(repository: Repository) -> list[tuple[str, str]]:
    notes = PageNote.objects.filter(page__wiki__repository=repository)
    return [
        (gettext("wiki pages"), counted(WikiPage.objects.filter(wiki__repository=repository))),
        (gettext("notes on them"), counted(notes)),
    ]


add_section(_wiki_section)
add_removed(_removed)
