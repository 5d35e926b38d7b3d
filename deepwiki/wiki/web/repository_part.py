"""What a repository's page shows of its wiki."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from deepwiki.wiki.models import Wiki
from deepwiki.wiki.reading.page_tree import load_tree
from deepwiki.wiki.web.wiki_state import WikiState
from repos.models import Repository

SHOWN_PAGES = 8


def wiki_part(request: HttpRequest, repository: Repository) -> str:
    """A link to the wiki with its first pages and its state; nothing where it is not read."""
    state = WikiState(repository, Wiki.objects.filter(repository=repository).first())
    if state.name in ("closed", "disabled", "no_index"):
        return ""
    context = {**state.context, "state": state, "pages": _first_pages(state)}
    return render_to_string("wiki/card.html", context, request)


def _first_pages(state: WikiState) -> object:
    if state.wiki is None:
        return ()
    return [page for page in load_tree(state.wiki).top if page.url][:SHOWN_PAGES]
