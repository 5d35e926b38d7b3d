"""Parts of a repository's page that apps above the chat show there: they add them at start."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from repos.models import Repository

RepositoryPart = Callable[[HttpRequest, Repository], str]
PARTS: list[RepositoryPart] = []


def repository_parts(request: HttpRequest, repository: Repository) -> list[str]:
    """Each part that has something to show, as a template rendered it."""
    return list(filter(None, (part(request, repository) for part in PARTS)))
