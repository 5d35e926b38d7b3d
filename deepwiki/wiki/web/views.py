"""The pages of a wiki: its overview, each page, and what to say while there is none."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from chat.web.lookups import readable_repository
from deepwiki.wiki.models import Wiki
from deepwiki.wiki.permissions import find_readable_wiki
from deepwiki.wiki.reading.page_tree import (
    PageTree,
    TreePage,
    is_overview,
    load_tree,
    page_path,
    page_url,
)
from deepwiki.wiki.translation.titles import title_to_read
from deepwiki.wiki.web.contributions_view import contributions_context
from deepwiki.wiki.web.lesson_views import lesson_context
from deepwiki.wiki.web.lookups import readable_wiki, readers_only
from deepwiki.wiki.web.page_view import page_context
from deepwiki.wiki.web.refresh_offer import refresh_offer
from deepwiki.wiki.web.wiki_state import WikiState
from repos.models import Repository


@require_safe
@readers_only
def wiki(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The overview of a wiki; what can be done where there is none. 404 where it is disabled."""
    state = _state(request, repository_id)
    tree = load_tree(state.wiki) if state.wiki is not None and state.is_readable else None
    if tree is None or tree.overview is None:
        status = 404 if state.name == "disabled" else 200
        return _render(request, "wiki/empty.html", state, {"tree": tree}, status)
    return _page(request, state, tree, tree.overview)


@require_safe
@readers_only
def wiki_page(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """A page. One that is no longer planned says so; what it said is kept for its links."""
    found = readable_wiki(request, repository_id)
    tree = load_tree(found)
    page = tree.find(slug) or _removed_page(found, slug)
    if is_overview(page.page):
        return redirect(page_path(found, page.page) + _query(request))
    return _page(request, _state_of(found), tree, page)


@require_safe
@readers_only
def wiki_progress(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The state of the wiki, which its page asks for while it is being built."""
    state = _state(request, repository_id)
    is_empty = "empty" in request.GET
    progress = {"is_empty": is_empty, "was_building": not state.is_building}
    context = {**_state_context(request, state), **progress}
    response = render(request, "wiki/state.html", context)
    if is_empty and state.name == "done":
        response.headers["HX-Refresh"] = "true"  # there are pages to be read now
    return response


def _state(request: HttpRequest, repository_id: uuid.UUID) -> WikiState:
    """The state, for whoever may read the repository; for strangers that of a public wiki."""
    found = find_readable_wiki(request.user, repository_id)
    if found is not None:
        return _state_of(found)
    if _is_stranger(request):
        raise Http404
    repository = readable_repository(request, repository_id)
    return WikiState(repository, _wiki_of(repository))


def _wiki_of(repository: Repository) -> Wiki | None:
    found = Wiki.objects.filter(repository=repository).first()
    if found is not None:
        found.repository = repository
    return found


def _state_of(found: Wiki) -> WikiState:
    return WikiState(found.repository, found)


def _removed_page(found: Wiki, slug: str) -> TreePage:
    """A page of an earlier plan, outside of the tree. Raises Http404."""
    page = get_object_or_404(found.pages, slug=slug, is_removed=True)
    return TreePage(page, page_url(found, page), (), title_to_read(page))


def _query(request: HttpRequest) -> str:
    """What the address of a request ends with."""
    query = request.GET.urlencode()
    return f"?{query}" if query else ""


def _is_stranger(request: HttpRequest) -> bool:
    return request.user.pk is None


def _page(request: HttpRequest, state: WikiState, tree: PageTree, page: TreePage) -> HttpResponse:
    made = request.GET.get("made")
    is_stranger = _is_stranger(request)
    context = page_context(state, tree, page, for_strangers=is_stranger, made=made)
    context |= contributions_context(request, tree.wiki, context)
    version, shown = context["version"], context["shown"]
    context |= lesson_context(request, page.page, version, shown, tree.urls)
    return _render(request, "wiki/page.html", state, context, 200)


def _render(
    request: HttpRequest, template: str, state: WikiState, context: dict[str, Any], status: int
) -> HttpResponse:
    context = {**_state_context(request, state), **context, "is_wiki": True}
    response = render(request, template, context, status=status)
    if not state.is_public:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _state_context(request: HttpRequest, state: WikiState) -> dict[str, Any]:
    managed = state.repository.managed_by(request.user)
    offer = partial(refresh_offer, state.wiki)  # looked up where it is shown
    return {**state.context, "state": state, "managed": managed, "refresh_offer": offer}
