"""Who may read a wiki: whoever may read its repository, in SQL.

A stranger reads it where strangers are let in and somebody made it public. Nobody reads the
wiki of a repository that its host closed, or one that is switched off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from deepwiki.wiki.models import Wiki
from repos.models import Repository

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.db.models import QuerySet

    from repos.models.repository import Identified


def readable_wikis(person: AbstractBaseUser | AnonymousUser | Identified) -> QuerySet[Wiki]:
    """The wikis that a person may read, with their repositories and current indexes."""
    repositories = Repository.objects.readable_by(person).filter(closed_at=None).order_by()
    wikis = Wiki.objects.filter(is_disabled=False, repository__in=repositories)
    if person.pk is None:
        wikis = wikis.filter(is_public=True) if settings.ALLOW_ANONYMOUS else wikis.none()
    return wikis.select_related("repository__current_index")
