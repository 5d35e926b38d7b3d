"""Find in a file: the lines of it that hold a text, whether they are on the page or not."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from chat.web.lookups import search_text
from chat.web.reader.indexed_code import indexed_code

MAX_MATCHES = 5_000


@require_safe
@login_required
def code_matches(request: HttpRequest, repository_id: uuid.UUID) -> JsonResponse:
    """The numbers of the lines of the file `path` that hold `q`, whatever its case."""
    indexed = indexed_code(request, repository_id)
    document = indexed.file(request.GET.get("path", "")) if indexed is not None else None
    if document is None:
        return JsonResponse({"lines": []})
    return JsonResponse({"lines": matching_lines(document.text, search_text(request.GET))})


def matching_lines(text: str, wanted: str) -> list[int]:
    """The lines of a text, from 1, that hold another; MAX_MATCHES at most, none for an empty one."""
    wanted = wanted.casefold()
    if not wanted:
        return []
    found: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if wanted in line.casefold():
            found.append(number)
            if len(found) == MAX_MATCHES:
                break
    return found
