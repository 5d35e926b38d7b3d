"""Paths of the wiki."""

from django.urls import path, re_path

from deepwiki.foundation.repository_paths import NAMED
from deepwiki.wiki.web import (
    build_views,
    claim_views,
    comment_views,
    editor_views,
    export_views,
    lesson_views,
    manage_views,
    named_addresses,
    note_views,
    search_views,
    translation_views,
    version_views,
    views,
)

SLUG = r"(?P<slug>[\w-]{1,100})"
PAGE = "r/<uuid:repository_id>/wiki/<slug:slug>"

urlpatterns = [
    path("r/<uuid:repository_id>/wiki/", views.wiki, name="wiki"),
    path("r/<uuid:repository_id>/wiki/<slug:slug>", views.wiki_page, name="wiki-page"),
    path("r/<uuid:repository_id>/wiki-progress", views.wiki_progress, name="wiki-progress"),
    path(
        "r/<uuid:repository_id>/wiki/<slug:slug>.md",
        export_views.page_markdown,
        name="wiki-page-markdown",
    ),
    path(
        "r/<uuid:repository_id>/wiki/<slug:slug>/translate",
        translation_views.translate_page,
        name="wiki-translate",
    ),
    path(
        "r/<uuid:repository_id>/wiki/<slug:slug>/versions",
        version_views.page_versions,
        name="wiki-versions",
    ),
    path(
        "r/<uuid:repository_id>/wiki/<slug:slug>/versions/<int:number>",
        version_views.page_changes,
        name="wiki-changes",
    ),
    path(f"{PAGE}/versions/compare", version_views.compare_versions, name="wiki-compare"),
    path(f"{PAGE}/versions/<int:number>/restore", version_views.restore, name="wiki-restore"),
    path(f"{PAGE}/notes", note_views.page_notes, name="wiki-notes"),
    path(f"{PAGE}/notes/new", note_views.new_note, name="wiki-note-new"),
    path(f"{PAGE}/notes/<int:note_id>", note_views.edit_note, name="wiki-note"),
    path(
        f"{PAGE}/notes/<int:note_id>/<slug:action>",
        note_views.change_note_state,
        name="wiki-note-change",
    ),
    path(f"{PAGE}/comments", comment_views.page_comments, name="wiki-comments"),
    path(
        f"{PAGE}/comments/<int:comment_id>/<slug:action>",
        comment_views.change_comment,
        name="wiki-comment-change",
    ),
    path(
        "r/<uuid:repository_id>/wiki-comments",
        comment_views.wiki_comments,
        name="wiki-all-comments",
    ),
    path(
        "r/<uuid:repository_id>/wiki/<slug:slug>/claims",
        claim_views.page_claims,
        name="wiki-claims",
    ),
    path(
        "r/<uuid:repository_id>/wiki/<slug:slug>/slides.html",
        lesson_views.slides_as_file,
        name="wiki-slides-file",
    ),
    path(
        "r/<uuid:repository_id>/wiki/<slug:slug>/answers",
        lesson_views.answer_exercise,
        name="wiki-answer",
    ),
    path(
        "r/<uuid:repository_id>/wiki-change/<slug:action>",
        manage_views.change_wiki,
        name="wiki-change",
    ),
    path(
        "r/<uuid:repository_id>/wiki/<slug:slug>/again",
        build_views.write_again,
        name="wiki-page-again",
    ),
    path("r/<uuid:repository_id>/wiki-build", build_views.model_build, name="wiki-build"),
    path("r/<uuid:repository_id>/wiki-editors", editor_views.wiki_editors, name="wiki-editors"),
    path("r/<uuid:repository_id>/wiki-search", search_views.wiki_search, name="wiki-search"),
    path(
        "r/<uuid:repository_id>/wiki-export.<slug:file_format>",
        export_views.wiki_export,
        name="wiki-export",
    ),
    re_path(rf"^{NAMED}/llms\.txt$", export_views.llms_by_name, name="llms"),
    re_path(rf"^{NAMED}/llms-full\.txt$", export_views.llms_full_by_name, name="llms-full"),
    re_path(rf"^{NAMED}/wiki/?$", named_addresses.wiki_by_name, name="wiki-by-name"),
    re_path(rf"^{NAMED}/wiki/{SLUG}$", named_addresses.wiki_by_name, name="wiki-page-by-name"),
]
