"""A badge for a README that leads to a repository here: `/<owner>/<repository>/badge.svg`."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from repos import services
from repos.sources import SourceError

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="108" height="20" role="img" aria-label="Ask DeepWiki">
<rect width="108" height="20" rx="4" fill="#0f5e63"/>
<path d="M8 6h6M8 10h11M8 14h8" stroke="#f7f3ea" stroke-width="1.6" stroke-linecap="round"/>
<text x="26" y="14" fill="#f7f3ea" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">Ask DeepWiki</text>
</svg>
"""


@require_safe
@cache_control(public=True, max_age=3600)
def badge(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """The same picture for everybody, of indexed repositories of public hosts; else 404."""
    if not _is_open(owner, name):
        raise Http404
    return HttpResponse(SVG, content_type="image/svg+xml")


def _is_open(owner: str, name: str) -> bool:
    """Whether strangers may know of an indexed repository of this name."""
    try:
        repository = services.find(AnonymousUser(), f"{owner}/{name}")
    except SourceError:
        return False
    return repository is not None and repository.current_index is not None
