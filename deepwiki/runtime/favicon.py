"""/favicon.ico, which browsers and programs ask for where a page names no icon."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

DAY_SECONDS = 24 * 3600


@require_safe
@cache_control(public=True, max_age=DAY_SECONDS)
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """To the icon; its address changes with its content."""
    return HttpResponseRedirect(static("icon.svg"))
