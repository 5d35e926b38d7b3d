"""Who may edit a wiki, in SQL: write notes, answer comments, restore versions.

Whoever may read it and owns the repository, may change repositories, or is in one of the
groups that its managers chose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q

from deepwiki.foundation.compiled_query import CompiledQuery
from deepwiki.wiki.models import ReaderComment, Wiki
from deepwiki.wiki.permissions import readable_wikis
from repos.models.permissions import may_change_others

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.db.models import QuerySet

    Person = AbstractBaseUser | AnonymousUser


def editable_wikis(person: Person) -> QuerySet[Wiki]:
    """The wikis that a person may edit; none for strangers."""
    wikis = readable_wikis(person)
    if person.pk is None:
        return wikis.none()
    if may_change_others(person):
        return wikis
    return wikis.filter(Q(repository__added_by=person.pk) | _is_in_editor_group(person.pk))


def may_edit(person: Person, wiki: Wiki) -> bool:
    """Whether a wiki is one of them."""
    return editable_wikis(person).filter(pk=wiki.pk).exists()


def edits_readable(person: Person, wiki: Wiki) -> bool:
    """The same of a wiki that the person is known to read, without asking for that again."""
    if wiki.repository.managed_by(person):
        return True
    return person.pk is not None and EDITED.first(user_id=person.pk, wiki_id=wiki.pk) is not None


def visible_comments(person: Person) -> QuerySet[ReaderComment]:
    """All comments on wikis that a person edits; their own on others that they may read."""
    edited = Q(page__wiki__in=_ids(editable_wikis(person)))
    own = Q(author=person.pk, page__wiki__in=_ids(readable_wikis(person)))
    return ReaderComment.objects.filter(edited | own)


def _ids(wikis: QuerySet[Wiki]) -> QuerySet[Wiki]:
    return wikis.select_related(None).values("pk")  # type: ignore[return-value]


def _is_in_editor_group(user_id: int) -> Exists:
    """A group of the person edits the wiki of the outer query."""
    groups = get_user_model().groups.through.objects.filter(user=user_id).values("group")
    editors = Wiki.editor_groups.through.objects
    return Exists(editors.filter(wiki=OuterRef("pk"), group__in=groups))


def _edited(user_id: int, wiki_id: int) -> QuerySet[Wiki]:
    """The wiki of an id, if a group of the person edits it."""
    return Wiki.objects.filter(_is_in_editor_group(user_id), pk=wiki_id).only("pk")


EDITED = CompiledQuery(_edited, user_id=-1, wiki_id=-2)
