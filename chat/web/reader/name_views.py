"""The parts of the page of a file that are about names: outline, card, definitions, uses."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat.web.reader.indexed_code import IndexedCode, indexed_code
from chat.web.reader.names import (
    NamePlace,
    callers_context,
    card_context,
    definitions_context,
    references_context,
)
from chat.web.reader.outline import outline_context

MakeContext = Callable[[IndexedCode, NamePlace], dict[str, Any]]


@require_safe
@login_required
def code_outline(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The definitions of the file `path`."""
    return _part(request, repository_id, "outline", outline_context)


@require_safe
@login_required
def code_name(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The card of the name `name` on the line `line` of the file `path`."""
    return _part(request, repository_id, "card", card_context)


@require_safe
@login_required
def code_definitions(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """What such a name may mean."""
    return _part(request, repository_id, "definitions", definitions_context)


@require_safe
@login_required
def code_references(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The files that use such a name, from the file number `offset` on."""
    return _part(request, repository_id, "references", references_context)


@require_safe
@login_required
def code_callers(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Who calls what such a name means."""
    return _part(request, repository_id, "callers", callers_context)


def _part(
    request: HttpRequest, repository_id: uuid.UUID, template: str, make_context: MakeContext
) -> HttpResponse:
    """The part with its context."""
    code = indexed_code(request, repository_id)
    if code is None:
        return render(request, "reader/nothing.html")
    context = make_context(code, NamePlace.parse(request.GET))
    return render(request, f"reader/{template}.html", {"repository_id": repository_id, **context})
