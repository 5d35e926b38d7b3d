"""What every request of somebody signed in asks for: who that is, and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from deepwiki.foundation.compiled_query import CompiledQuery

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser, Permission


def find_person(user_id: Any) -> AbstractUser | None:
    """The person of an id, None without one."""
    return PERSON.first(user_id=user_id)


def permissions_of(user_id: int) -> set[str]:
    """A person's own permissions and those of their groups, as `app.codename`. One query."""
    rows = PERMISSIONS.rows(user_id=user_id)
    return {f"{each.content_type.app_label}.{each.codename}" for each in rows}


def _person(user_id: int) -> QuerySet[AbstractUser]:
    return get_user_model()._default_manager.filter(pk=user_id)


def _permissions(user_id: int) -> QuerySet[Permission]:
    from django.contrib.auth.models import Permission  # backends are imported before models

    given = Q(user=user_id) | Q(group__user=user_id)
    return Permission.objects.filter(given).select_related("content_type").order_by()


PERSON = CompiledQuery(_person, user_id=-1)
PERMISSIONS = CompiledQuery(_permissions, user_id=-1)
