"""The versions of a page, and what changed in each."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from deepwiki.wiki.models import PageVersion, WikiPage
from deepwiki.wiki.reading.current_versions import current_version
from deepwiki.wiki.reading.version_changes import version_changes
from deepwiki.wiki.web.lookups import readable_wiki, readers_only
from deepwiki.wiki.web.unlisted_pages import about_page, render_unlisted

MAX_VERSIONS = 200


@require_safe
@readers_only
def page_versions(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """The versions of a page in its current language, the newest first."""
    wiki = readable_wiki(request, repository_id)
    page = get_object_or_404(wiki.pages, slug=slug)
    context = {**about_page(page), "versions": _versions(page)[:MAX_VERSIONS]}
    return render_unlisted(request, "wiki/versions.html", context)


@require_safe
@readers_only
def page_changes(
    request: HttpRequest, repository_id: uuid.UUID, slug: str, number: int
) -> HttpResponse:
    """What changed in a version, compared with the one before."""
    wiki = readable_wiki(request, repository_id)
    page = get_object_or_404(wiki.pages, slug=slug)
    context = {**about_page(page), **_changes(_versions(page), number)}
    return render_unlisted(request, "wiki/changes.html", context)


def _changes(versions: QuerySet[PageVersion], number: int) -> dict[str, Any]:
    new = get_object_or_404(versions, version_number=number)
    old = versions.filter(version_number__lt=number).first()
    return {"new": new, "old": old, "changes": version_changes(old, new)}


def _versions(page: WikiPage) -> QuerySet[PageVersion]:
    """Raises Http404 for a page that has none."""
    current = current_version(page)
    if current is None:
        raise Http404
    return page.versions.filter(language=current.language).order_by("-version_number")
