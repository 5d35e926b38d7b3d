"""Compression of pages, except those that repeat what their address says.

A compressed page tells its length; where a text chosen by an attacker stands beside a
secret, lengths tell the secret (BREACH, https://www.breachattack.com/).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.http.response import HttpResponse
from django.middleware.gzip import GZipMiddleware

# Parameters that are ids, or say nothing that is shown.
HARMLESS_PARAMETERS = {"at", "before", "archived"}
# Routes whose pages repeat a part of the path.
REFLECTING_ROUTES = {"repository-by-name", "host-page"}


class HtmlCompressionMiddleware(GZipMiddleware):
    """Gzip for HTML, with Django's padding of random length."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """See GZipMiddleware."""
        if not isinstance(response, HttpResponse) or not _is_safe(request, response):
            return response
        return super().process_response(request, response)


def _is_safe(request: HttpRequest, response: HttpResponse) -> bool:
    if request.method not in ("GET", "HEAD") or not _is_html(response):
        return False
    if set(request.GET) - HARMLESS_PARAMETERS:
        return False
    route = request.resolver_match
    return route is not None and route.url_name not in REFLECTING_ROUTES


def _is_html(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")
