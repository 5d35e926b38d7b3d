"""The pages on which those who may edit a wiki write notes, and what they did before."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deepwiki.wiki.contributions.notes import (
    NoteRefused,
    all_notes,
    bring_back,
    change_note,
    create_note,
    delete_note,
)
from deepwiki.wiki.models import NoteVersion, PageNote, WikiPage
from deepwiki.wiki.reading.page_tree import page_url
from deepwiki.wiki.reading.version_changes import text_changes
from deepwiki.wiki.web.lookups import editable_wiki
from deepwiki.wiki.web.note_form import NoteForm, refusal
from deepwiki.wiki.web.unlisted_pages import about_page, render_unlisted

MAX_VERSIONS = 100  # on one page
FORM = ["GET", "HEAD", "POST"]


@require_safe
@login_required
def page_notes(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """All notes of a page, deleted ones too."""
    page = _page(request, repository_id, slug)
    context = {**about_page(page), "notes": all_notes(page)}
    return render_unlisted(request, "wiki/notes.html", context)


@require_http_methods(FORM)
@login_required
def new_note(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """Write a note; `place` is the number of a block of the page."""
    page = _page(request, repository_id, slug)
    return _form(request, page, None)


@require_http_methods(FORM)
@login_required
def edit_note(
    request: HttpRequest, repository_id: uuid.UUID, slug: str, note_id: int
) -> HttpResponse:
    """Change a note; below it stand its versions."""
    page = _page(request, repository_id, slug)
    return _form(request, page, get_object_or_404(page.notes, pk=note_id))


@require_POST
@login_required
def change_note_state(
    request: HttpRequest, repository_id: uuid.UUID, slug: str, note_id: int, action: str
) -> HttpResponse:
    """Delete a note, or bring it back."""
    page = _page(request, repository_id, slug)
    note = get_object_or_404(page.notes, pk=note_id)
    try:
        if action == "delete":
            delete_note(note, _user_id(request))
        elif action == "undo":
            bring_back(note)
        else:
            raise Http404
    except NoteRefused as refused:
        context = {
            **about_page(page),
            "notes": all_notes(page),
            "error": refusal(refused.code),
        }
        return render_unlisted(request, "wiki/notes.html", context, 422)
    return redirect("wiki-notes", repository_id, slug)


def _form(request: HttpRequest, page: WikiPage, note: PageNote | None) -> HttpResponse:
    form = NoteForm.of(request, page, note)
    context = {**about_page(page), **form.context(), "history": _history(note)}
    if request.method != "POST":
        return render_unlisted(request, "wiki/note_form.html", context)
    if "preview" in request.POST:
        context["preview"] = form.preview(context["tree"].urls)
        return render_unlisted(request, "wiki/note_form.html", context)
    try:
        saved = _save(page, form, _user_id(request))
    except NoteRefused as refused:
        context["error"] = refusal(refused.code)
        return render_unlisted(request, "wiki/note_form.html", context, 422)
    return redirect(f"{page_url(page.wiki, page)}#note-{saved.pk}")


def _save(page: WikiPage, form: NoteForm, user_id: int) -> PageNote:
    if form.note is None:
        return create_note(page, form.version, form.draft(user_id))
    change_note(form.note, form.version, form.draft(user_id))
    return form.note


def _history(note: PageNote | None) -> list[dict[str, Any]]:
    """The versions of a note, the newest first, each with what changed in it."""
    if note is None:
        return []
    versions = list(_versions(note)[: MAX_VERSIONS + 1])
    texts = [*[version.text for version in versions[1:]], ""]
    shown = zip(versions[:MAX_VERSIONS], texts, strict=False)
    return [
        {"version": version, "changes": text_changes(before, version.text)}
        for version, before in shown
    ]


def _versions(note: PageNote) -> QuerySet[NoteVersion]:
    return note.versions.select_related("author").order_by("-version_number")


def _page(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> WikiPage:
    return get_object_or_404(editable_wiki(request, repository_id).pages, slug=slug)


def _user_id(request: HttpRequest) -> int:
    if request.user.pk is None:
        raise Http404
    return int(request.user.pk)
