"""Pages about a wiki that search engines leave out: their context, and their response."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deepwiki.wiki.models import Wiki, WikiPage
from deepwiki.wiki.reading.page_tree import load_tree, page_url
from deepwiki.wiki.web.wiki_state import WikiState


def wiki_context(wiki: Wiki) -> dict[str, Any]:
    """What the frame of every page of a wiki is given."""
    state = WikiState(wiki.repository, wiki)
    return {**state.context, "state": state, "tree": load_tree(wiki), "is_wiki": True}


def about_page(page: WikiPage) -> dict[str, Any]:
    """The same, of a page that is about the page `shown`."""
    return {**wiki_context(page.wiki), "shown": page, "url": page_url(page.wiki, page)}


def render_unlisted(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The response."""
    response = render(request, template, context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
