"""What an address of the interface names, for whoever may see it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest

from chat.api.rest.identity import person_of
from chat.api.rest.problems import no_such, not_indexed
from repos.models import Index, Repository, RepositoryQuerySet


def readable_repositories(request: HttpRequest) -> RepositoryQuerySet:
    """The repositories that the person may read, with their indexes."""
    return Repository.objects.readable_by(person_of(request)).select_related("current_index")


def readable_repository(request: HttpRequest, repository_id: uuid.UUID) -> Repository:
    """Raises Problem, for one that may not be read too."""
    found = readable_repositories(request).filter(pk=repository_id).first()
    if found is None:
        raise no_such()
    return found


def readable_index(request: HttpRequest, repository_id: uuid.UUID) -> Index:
    """The current index of such a repository. Raises Problem where there is none."""
    index = readable_repository(request, repository_id).current_index
    if index is None:
        raise not_indexed()
    return index
