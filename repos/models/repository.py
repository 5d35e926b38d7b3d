"""Repositories, and which of them a person may read."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from repos.encryption import decrypt, encrypt
from repos.sources import HOSTS, Address, parse_address
from repos.sources.hosts import LOCAL

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


# Kind of git host, or a folder on this machine -> label.
KINDS_OF_SOURCE = [*((host.kind, host.label) for host in HOSTS), (LOCAL, _("Local folder"))]


class Identified(Protocol):
    """A person by id, None for an anonymous one."""

    @property
    def pk(self) -> int | None: ...


class RepositoryQuerySet(models.QuerySet["Repository"]):
    """Questions about repositories."""

    def readable_by(
        self, user: AbstractBaseUser | AnonymousUser | Identified | None
    ) -> RepositoryQuerySet:
        """The permission rule: public rows, and private ones the user added or was given.

        Given to them, or to a group of theirs. `repos.access` compiles it into other
        statements: it may have no parameter but the user's id.
        """
        public = Q(is_private=False)
        if user is None or user.pk is None:
            return self.filter(public)
        added = Q(added_by=user.pk)
        return self.filter(public | added | _is_reader(user.pk) | _is_in_reader_group(user.pk))

    def worth_listing(self) -> RepositoryQuerySet:
        """Rows that are indexed, being indexed, or private.

        A mistyped address is not shown to everybody.
        """
        being_indexed = Repository.objects.filter(jobs__state__in=["queued", "running", "paused"])
        return self.filter(
            Q(current_index__isnull=False)
            | Q(is_private=True)
            | Q(pk__in=being_indexed.values("pk"))
        )


def _is_reader(user_id: int) -> Exists:
    """The repository of the outer query was given to the user."""
    readers = Repository.readers.through.objects
    return Exists(readers.filter(repository=OuterRef("pk"), user=user_id))


def _is_in_reader_group(user_id: int) -> Exists:
    """The repository of the outer query was given to a group of the user."""
    groups = get_user_model().groups.through.objects.filter(user=user_id).values("group")
    reader_groups = Repository.reader_groups.through.objects
    return Exists(reader_groups.filter(repository=OuterRef("pk"), group__in=groups))


class Repository(models.Model):
    """A repository at its default branch or at one named revision: a row each.

    A public one is one row for everybody. A private one belongs to the person who added
    it with a token: two people's private rows for the same address have an index each,
    so neither can learn anything from the other.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=KINDS_OF_SOURCE)
    url = models.CharField("address", max_length=1000)
    name = models.CharField(max_length=500)
    revision = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Branch, tag or commit; empty for the default branch.",
    )
    is_private = models.BooleanField(default=False, db_default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    readers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    reader_groups = models.ManyToManyField("auth.Group", blank=True, related_name="+")
    shares_allowed = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Conversations about it may be shared by link although it is private.",
    )
    token_encrypted = models.TextField(blank=True, default="", db_default="", editable=False)
    webhook_secret_encrypted = models.TextField(
        blank=True, default="", db_default="", editable=False
    )
    # DO_NOTHING: the database sets it to NULL (migration 0011).
    current_index = models.ForeignKey(
        "Index",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.DO_NOTHING,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    used_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    objects = RepositoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "repositories"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["url", "revision"],
                condition=Q(is_private=False),
                name="one_public_row_per_address_and_revision",
            ),
            models.UniqueConstraint(
                fields=["url", "revision", "added_by"],
                condition=Q(is_private=True),
                name="one_private_row_per_owner_and_revision",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> Address:
        return parse_address(self.url, self.kind)

    @property
    def token(self) -> str:
        """The access token in clear. Raises WrongKey."""
        return decrypt(self.token_encrypted)

    @token.setter
    def token(self, value: str) -> None:
        self.token_encrypted = encrypt(value)

    @property
    def webhook_secret(self) -> str:
        """The secret that signs webhooks, in clear; empty when there is none.

        Raises WrongKey.
        """
        return decrypt(self.webhook_secret_encrypted)

    @property
    def may_be_shared(self) -> bool:
        """May conversations about it be read by link?"""
        return not self.is_private or self.shares_allowed

    def managed_by(self, user: AbstractBaseUser | AnonymousUser) -> bool:
        """May this person set it up: its owner, and staff."""
        if user.pk is None:
            return False
        return user.pk == self.added_by_id or bool(getattr(user, "is_staff", False))
