"""Wikis and pages that a request may see.

Functions that take an id raise Http404 for every other row.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from deepwiki.wiki.contributions.editors import editable_wikis
from deepwiki.wiki.models import Wiki
from deepwiki.wiki.permissions import find_readable_wiki
from deepwiki.wiki.translation.languages import reading

View = Callable[..., HttpResponseBase]


def readers_only(view: View) -> View:
    """A view of a repository's wiki: strangers sign in first, unless the wiki is public.

    `language` in the query says in which language pages are read.
    """

    @wraps(view)
    def guarded(
        request: HttpRequest, repository_id: uuid.UUID, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if not request.user.is_authenticated and not _is_open(request, repository_id):
            return redirect_to_login(request.get_full_path())
        with reading(request.GET.get("language", "")):
            return view(request, repository_id, *args, **kwargs)

    return guarded


def readable_wiki(request: HttpRequest, repository_id: uuid.UUID) -> Wiki:
    """The wiki of a repository, which has its `repository`."""
    found = find_readable_wiki(request.user, repository_id)
    if found is None:
        raise Http404
    return found


def editable_wiki(request: HttpRequest, repository_id: uuid.UUID) -> Wiki:
    """The same, of one that the person may edit."""
    return get_object_or_404(editable_wikis(request.user), repository_id=repository_id)


def _is_open(request: HttpRequest, repository_id: uuid.UUID) -> bool:
    return find_readable_wiki(request.user, repository_id) is not None
