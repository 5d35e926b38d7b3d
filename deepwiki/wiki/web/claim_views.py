"""The claims of a page, each with its state and its lines, for those who may edit its wiki."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from deepwiki.wiki.ledger.standing import claim_counts
from deepwiki.wiki.models import PageClaim, PageVersion, Wiki, WikiPage
from deepwiki.wiki.reading.current_versions import current_version
from deepwiki.wiki.reading.page_tree import load_tree, page_url
from deepwiki.wiki.web.claims_text import claims_text
from deepwiki.wiki.web.lookups import editable_wiki
from deepwiki.wiki.web.wiki_state import WikiState

State = PageClaim.State
WORST_FIRST = (State.CHANGED, State.UNSUPPORTED, State.MOVED, State.VERIFIED)


@require_safe
@login_required
def page_claims(request: HttpRequest, repository_id: uuid.UUID, slug: str) -> HttpResponse:
    """The claims of what a page says now. For who may edit the wiki; 404 for others."""
    wiki = editable_wiki(request, repository_id)
    page = get_object_or_404(wiki.pages, slug=slug)
    version = current_version(page)
    if version is None:
        raise Http404
    response = render(request, "wiki/claims.html", _context(wiki, page, version))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _standing_place(claim: PageClaim) -> int:
    """Claims that do not stand come before those that do."""
    return WORST_FIRST.index(claim.state)


def _context(wiki: Wiki, page: WikiPage, version: PageVersion) -> dict[str, object]:
    state = WikiState(wiki.repository, wiki)
    counts = claim_counts([version]).get(version.pk)
    return {
        **state.context,
        "state": state,
        "tree": load_tree(wiki),
        "is_wiki": True,
        "shown": page,
        "url": page_url(wiki, page),
        "claims": sorted(version.claims.order_by("position"), key=_standing_place),
        "standing": claims_text(counts) if counts else "",
    }
