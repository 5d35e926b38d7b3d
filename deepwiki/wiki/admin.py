"""Wikis and their builds in the admin; what pages say is not edited there."""

from __future__ import annotations

from django.contrib import admin

from deepwiki.wiki.models import Wiki, WikiBuild


@admin.register(Wiki)
class WikiAdmin(admin.ModelAdmin[Wiki]):
    list_display = ("repository", "commit", "built_at", "is_public", "is_disabled")
    list_select_related = ("repository",)
    list_filter = ("is_public", "is_disabled")
    search_fields = ("repository__name", "repository__url")
    readonly_fields = ("repository", "commit", "coverage", "built_at")


@admin.register(WikiBuild)
class WikiBuildAdmin(admin.ModelAdmin[WikiBuild]):
    list_display = ("wiki", "state", "commit", "created_at", "started_at", "finished_at")
    list_select_related = ("wiki",)
    list_filter = ("state",)
    readonly_fields = tuple(field.name for field in WikiBuild._meta.fields)
