"""What people may do with repositories besides reading them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Person: TypeAlias = AbstractBaseUser | AnonymousUser


def may_change_others(user: Person) -> bool:
    """May this person set up other people's repositories?"""
    return _has_permission(user, "repos.change_repository")


def may_share_of_others(user: Person) -> bool:
    """May this person decide who reads other people's repositories?"""
    return _has_permission(user, "repos.share_repository")


def _has_permission(user: Person, permission: str) -> bool:
    """Anonymous people have none: only accounts are given permissions."""
    has_perm = getattr(user, "has_perm", None)
    return user.pk is not None and has_perm is not None and bool(has_perm(permission))
