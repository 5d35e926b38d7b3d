"""The versions of a page, and what changed in each."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from deepwiki.foundation.parsing import parse_number
from deepwiki.wiki.contributions.editors import may_edit
from deepwiki.wiki.contributions.restoring import restore_version
from deepwiki.wiki.models import PageVersion, WikiPage
from deepwiki.wiki.reading.page_tree import page_path
from deepwiki.wiki.reading.version_changes import shown_changes, version_changes
from deepwiki.wiki.web.lookups import editable_wiki, readable_wiki, readers_only
from deepwiki.wiki.web.page_languages import PageLanguages, asked_languages
from deepwiki.wiki.web.unlisted_pages import about_page, render_unlisted

MAX_VERSIONS = 200


@require_safe
@readers_only
def page_versions(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """The versions of a page in its current language, the newest first."""
    page = _page(request, repository_id, slug)
    languages = _languages(request, page)
    listed = {"versions": _versions(languages)[:MAX_VERSIONS], "languages": languages}
    context = {**about_page(page), **listed}
    return render_unlisted(request, "wiki/versions.html", context)


@require_safe
@readers_only
def page_changes(
    request: HttpRequest, repository_id: uuid.UUID, slug: str, number: int
) -> HttpResponse:
    """What changed in a version, compared with the one before."""
    page = _page(request, repository_id, slug)
    languages = _languages(request, page)
    versions = _versions(languages)
    new = get_object_or_404(versions, version_number=number)
    old = versions.filter(version_number__lt=number).first()
    return _render(request, languages, old, new)


@require_safe
@readers_only
def compare_versions(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """What changed between the versions `old` and `new`."""
    page = _page(request, repository_id, slug)
    languages = _languages(request, page)
    versions = _versions(languages)
    old = get_object_or_404(versions, version_number=_asked(request, "old"))
    new = get_object_or_404(versions, version_number=_asked(request, "new"))
    return _render(request, languages, old, new)


@require_POST
@login_required
def restore(request: HttpRequest, repository_id: uuid.UUID, slug: str, number: int) -> HttpResponse:
    """Make an earlier version the newest one, for those who may edit the wiki."""
    page = get_object_or_404(editable_wiki(request, repository_id).pages, slug=slug)
    version = get_object_or_404(_versions(_languages(request, page)), version_number=number)
    restore_version(version, int(request.user.pk or 0))
    messages.success(request, _restored(number))
    return redirect("wiki-versions", repository_id, slug)


def _page(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> WikiPage:
    return get_object_or_404(readable_wiki(request, repository_id).pages, slug=slug)


def _restored(number: int) -> str:
    return _("Version %(n)s was restored.") % {"n": number}


def _asked(request: HttpRequest, name: str) -> int:
    return parse_number(request.GET.get(name)) or 0


def _render(
    request: HttpRequest, languages: PageLanguages, old: PageVersion | None, new: PageVersion
) -> HttpResponse:
    """Who may edit the wiki sees all that was written, as on the page of its claims."""
    page = languages.version.page
    changes, editing = shown_changes, may_edit(request.user, page.wiki)
    if editing:
        changes = version_changes
    compared: dict[str, Any] = {
        "old": old,
        "new": new,
        "changes": changes(old, new),
        "may_edit": editing,
        "languages": languages,
        "back": page_path(page.wiki, page) + languages.query,
    }
    return render_unlisted(request, "wiki/changes.html", {**about_page(page), **compared})


def _languages(request: HttpRequest, page: WikiPage) -> PageLanguages:
    """The language whose versions are asked for. Raises Http404 for a page that has none."""
    return asked_languages(page, request.GET.get("made"))


def _versions(languages: PageLanguages) -> QuerySet[PageVersion]:
    version = languages.version
    return (
        version.page.versions.filter(language=version.language)
        .select_related("author", "build__requested_by")
        .order_by("-version_number")
    )
