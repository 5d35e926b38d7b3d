"""What a repository's page shows of its wiki."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from deepwiki.wiki.models import Wiki
from deepwiki.wiki.reading.current_versions import current_version
from deepwiki.wiki.reading.page_tree import TreePage, load_tree
from deepwiki.wiki.web.wiki_state import WikiState
from repos.models import Repository

SHOWN_PAGES = 8


def wiki_part(request: HttpRequest, repository: Repository) -> str:
    """A link to the wiki with its first pages and its state; nothing where it is not read."""
    state = WikiState(repository, Wiki.objects.filter(repository=repository).first())
    if state.name in ("closed", "disabled", "no_index"):
        return ""
    context = {**state.context, "state": state}
    if state.wiki is not None:
        tree = load_tree(state.wiki)
        context["pages"] = [page for page in tree.top if page.url][:SHOWN_PAGES]
        context["summary"] = _summary(tree.overview)
    return render_to_string("wiki/card.html", context, request)


def _summary(overview: TreePage | None) -> str:
    """The sentence that says what the repository is; empty while nothing does."""
    if overview is None:
        return ""
    version = current_version(overview.page)
    content = getattr(version, "content", {})
    return str(content.get("summary", ""))
