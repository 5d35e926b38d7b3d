"""Diagrams of answers as images that browsers keep."""

from __future__ import annotations

from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chat.rendering import draw_diagram
from chat.rendering.diagram_addresses import source_of

HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Robots-Tag": "noindex",
}


@require_safe
def diagram(request: HttpRequest, key: str, data: str) -> HttpResponse:
    """The drawing at an address that this server made; 404 for any other."""
    source = source_of(key, data)
    if not source:
        raise Http404
    return HttpResponse(_draw(source), content_type="image/svg+xml", headers=HEADERS)


@lru_cache(maxsize=64)
def _draw(source: str) -> str:
    svg = draw_diagram(source)
    if not svg:
        raise Http404  # not kept: another time it may be drawn
    return svg
