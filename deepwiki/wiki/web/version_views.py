"""The versions of a page, and what changed in each."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from deepwiki.wiki.models import PageVersion, Wiki, WikiPage
from deepwiki.wiki.reading.current_versions import current_version
from deepwiki.wiki.reading.page_tree import load_tree, page_url
from deepwiki.wiki.reading.version_changes import version_changes
from deepwiki.wiki.web.lookups import readable_wiki, readers_only
from deepwiki.wiki.web.wiki_state import WikiState

MAX_VERSIONS = 200


@require_safe
@readers_only
def page_versions(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """The versions of a page in its current language, the newest first."""
    wiki = readable_wiki(request, repository_id)
    page = get_object_or_404(wiki.pages, slug=slug)
    context = {**_context(wiki, page), "versions": _versions(page)[:MAX_VERSIONS]}
    return _render(request, "wiki/versions.html", context)


@require_safe
@readers_only
def page_changes(
    request: HttpRequest, repository_id: uuid.UUID, slug: str, number: int
) -> HttpResponse:
    """What changed in a version, compared with the one before."""
    wiki = readable_wiki(request, repository_id)
    page = get_object_or_404(wiki.pages, slug=slug)
    context = {**_context(wiki, page), **_changes(_versions(page), number)}
    return _render(request, "wiki/changes.html", context)


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


def _context(wiki: Wiki, page: WikiPage) -> dict[str, Any]:
    state = WikiState(wiki.repository, wiki)
    shown = {"shown": page, "url": page_url(wiki, page)}
    return {**state.context, **shown, "state": state, "tree": load_tree(wiki), "is_wiki": True}


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
