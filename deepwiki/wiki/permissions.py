"""Who may read a wiki: whoever may read its repository, in SQL.

A stranger reads it where strangers are let in and somebody made it public. Nobody reads the
wiki of a repository that its host closed, or one that is switched off.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings

from deepwiki.foundation.compiled_query import CompiledQuery
from deepwiki.wiki.models import Wiki
from repos.access import PersonId
from repos.models import Repository

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.db.models import QuerySet

    from repos.models.repository import Identified

ANY_PERSON, ANY_REPOSITORY = -1, uuid.UUID(int=0)


def readable_wikis(person: AbstractBaseUser | AnonymousUser | Identified) -> QuerySet[Wiki]:
    """The wikis that a person may read, with their repositories and current indexes."""
    wikis = _open_wikis(person)
    if person.pk is None and not settings.ALLOW_ANONYMOUS:
        return wikis.none()
    return wikis


def find_readable_wiki(
    person: AbstractBaseUser | AnonymousUser | Identified, repository_id: uuid.UUID
) -> Wiki | None:
    """The one of a repository, None if there is none among them."""
    if person.pk is not None:
        return BY_PERSON.first(user_id=person.pk, repository_id=repository_id)
    if not settings.ALLOW_ANONYMOUS:
        return None
    return BY_STRANGER.first(repository_id=repository_id)


def _open_wikis(person: AbstractBaseUser | AnonymousUser | Identified) -> QuerySet[Wiki]:
    """Those that a person may read where strangers are let in."""
    repositories = Repository.objects.readable_by(person).filter(closed_at=None).order_by()
    wikis = Wiki.objects.filter(is_disabled=False, repository__in=repositories)
    if person.pk is None:
        wikis = wikis.filter(is_public=True)
    return wikis.select_related("repository__current_index")


def _of_repository(repository_id: uuid.UUID, user_id: int | None = None) -> QuerySet[Wiki]:
    return _open_wikis(PersonId(user_id)).filter(repository_id=repository_id)


BY_PERSON = CompiledQuery(_of_repository, user_id=ANY_PERSON, repository_id=ANY_REPOSITORY)
BY_STRANGER = CompiledQuery(_of_repository, repository_id=ANY_REPOSITORY)
