"""Addresses by name, as at a git host: `/<owner>/<repository>/wiki/…`."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from deepwiki.wiki.permissions import find_readable_wiki
from deepwiki.wiki.translation.languages import language_query, reading
from repos import services
from repos.models import Repository
from repos.sources import SourceError


@require_safe
def wiki_by_name(request: HttpRequest, owner: str, name: str, slug: str = "") -> HttpResponseBase:
    """Redirects to the wiki, or to a page of it. Strangers find public wikis only."""
    repository = find_named(request, owner, name)
    if request.user.pk is None and not _is_public(request, repository):
        return redirect_to_login(request.get_full_path())
    if repository is None:
        raise Http404
    with reading(request.GET.get("language", "")):
        return redirect(_address(repository, slug) + language_query())


def _address(repository: Repository, slug: str) -> str:
    if slug:
        return reverse("wiki-page", args=[repository.pk, slug])
    return reverse("wiki", args=[repository.pk])


def find_named(request: HttpRequest, owner: str, name: str) -> Repository | None:
    """The readable repository of a name. Raises Http404 if it cannot be one."""
    try:
        return services.find(request.user, f"{owner}/{name}")
    except SourceError:
        raise Http404 from None


def _is_public(request: HttpRequest, repository: Repository | None) -> bool:
    if repository is None:
        return False
    return find_readable_wiki(request.user, repository.pk) is not None
