"""What a repository's page shows of its wiki."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from deepwiki.wiki.models import Wiki, WikiPage
from deepwiki.wiki.reading.current_versions import current_version
from deepwiki.wiki.reading.page_ledger import shown_summary
from deepwiki.wiki.reading.page_tree import PageTree, TreePage, load_tree
from deepwiki.wiki.web.wiki_state import WikiState
from repos.models import Repository

SHOWN_PAGES = 8
TAUGHT = (WikiPage.Kind.SLIDES, WikiPage.Kind.WORKSHOP)


def wiki_part(request: HttpRequest, repository: Repository) -> str:
    """A link to the wiki with its first pages and its state; nothing where it is not read."""
    state = WikiState(repository, Wiki.objects.filter(repository=repository).first())
    if state.name in ("closed", "disabled", "no_index"):
        return ""
    context = {**state.context, "state": state}
    if state.wiki is not None:
        tree = load_tree(state.wiki)
        context |= _pages(tree)
        context["summary"] = _summary(tree.overview)
    return render_to_string("wiki/card.html", context, request)


def _pages(tree: PageTree) -> dict[str, object]:
    """The first pages, then slides and workshop where they are written."""
    written = [page for page in tree.top if page.url]
    first = [page for page in written if page.page.kind not in TAUGHT]
    lessons = [page for page in written if page.page.kind in TAUGHT]
    return {"pages": first[:SHOWN_PAGES], "lessons": lessons[:SHOWN_PAGES]}


def _summary(overview: TreePage | None) -> str:
    """The sentence that says what the repository is; empty while nothing does."""
    if overview is None:
        return ""
    version = current_version(overview.page)
    return shown_summary(version) if version is not None else ""
