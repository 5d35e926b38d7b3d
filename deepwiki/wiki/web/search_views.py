"""The search over the pages of a wiki."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat.web.lookups import search_text
from deepwiki.wiki.models import Wiki
from deepwiki.wiki.reading.page_search import search_pages
from deepwiki.wiki.reading.page_tree import load_tree
from deepwiki.wiki.web.lookups import readable_wiki, readers_only
from deepwiki.wiki.web.wiki_state import WikiState


@require_safe
@readers_only
def wiki_search(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The pages that hold all words of `q`, with excerpts."""
    wiki = readable_wiki(request, repository_id)
    context = {**_context(wiki), **_found(wiki, search_text(request.GET))}
    response = render(request, "wiki/search.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _context(wiki: Wiki) -> dict[str, Any]:
    state = WikiState(wiki.repository, wiki)
    return {**state.context, "state": state, "tree": load_tree(wiki), "is_wiki": True}


def _found(wiki: Wiki, query: str) -> dict[str, Any]:
    return {"q": query, "hits": search_pages(wiki, query)}
