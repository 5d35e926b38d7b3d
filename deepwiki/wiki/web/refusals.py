"""What people are told where their day's tokens are used up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from deepwiki.wiki.day_quota import QuotaUsedUp

RepositoryView = Callable[..., HttpResponse]


def tell_refusals(view: RepositoryView) -> RepositoryView:
    """The view; on QuotaUsedUp, the wiki with what that says."""

    @wraps(view)
    def told(
        request: HttpRequest, repository_id: uuid.UUID, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return view(request, repository_id, *args, **kwargs)
        except QuotaUsedUp as refusal:
            return _refused(request, repository_id, str(refusal))

    return told


def _refused(request: HttpRequest, repository_id: uuid.UUID, reason: str) -> HttpResponse:
    messages.error(request, gettext(reason))
    return redirect("wiki", repository_id)
