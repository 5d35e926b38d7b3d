"""Files that a browser saves."""

from __future__ import annotations

from django.http import HttpResponse


def attachment(body: str | bytes, content_type: str, name: str) -> HttpResponse:
    """A response that is saved as `name`, which has no quotes."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=content_type, headers=headers)
