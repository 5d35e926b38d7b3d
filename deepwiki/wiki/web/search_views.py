"""The search over the pages of a wiki."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chat.web.lookups import search_text
from deepwiki.wiki.models import Wiki
from deepwiki.wiki.reading.page_search import search_pages
from deepwiki.wiki.web.lookups import readable_wiki, readers_only
from deepwiki.wiki.web.unlisted_pages import render_unlisted, wiki_context


@require_safe
@readers_only
def wiki_search(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The pages that hold all words of `q`, with excerpts."""
    wiki = readable_wiki(request, repository_id)
    context = {**wiki_context(wiki), **_found(wiki, search_text(request.GET))}
    return render_unlisted(request, "wiki/search.html", context)


def _found(wiki: Wiki, query: str) -> dict[str, Any]:
    return {"q": query, "hits": search_pages(wiki, query)}
