"""Repositories, and which of them a person may read."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Protocol

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import BigIntegerField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Now
from django.db.models.lookups import IsNull
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deepwiki.foundation.encryption import decrypt, encrypt
from repos.models.permissions import may_change_others, may_share_of_others
from repos.sources import HOSTS, Address, SourceError, has_public_host, parse_address
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
        """The permission rule: rows without an owner, and private ones added or given; none removed.

        Given to the user, or to a group of theirs. An anonymous user reads rows of public
        hosts only. `repos.access` compiles the rule into other statements: it may have no
        parameter but the user's id.
        """
        if user is None or user.pk is None:
            return self.filter(is_private=False, host_is_public=True, removed_at=None)
        public = Q(is_private=False) & (Q(host_is_public=True) | _is_signed_in(user.pk))
        added = Q(added_by=user.pk)
        given = _is_reader(user.pk) | _is_in_reader_group(user.pk)
        return self.filter(public | added | given, removed_at=None)

    def removed_for(self, user: Identified) -> RepositoryQuerySet:
        """Rows that are removed and can be taken back by the user: removed by them, or theirs."""
        return self.filter(Q(removed_by=user.pk) | Q(added_by=user.pk), removed_at__isnull=False)

    def worth_listing(self, user: Identified) -> RepositoryQuerySet:
        """Rows that are indexed, being indexed, private, or that the user asked for.

        A mistyped address is shown to who typed it, not to everybody.
        """
        jobs = _jobs()
        unfinished = jobs.filter(state__in=["queued", "running", "paused"])
        return self.filter(
            Q(current_index__isnull=False)
            | Q(is_private=True)
            | Exists(unfinished)
            | Exists(jobs.filter(requested_by=user.pk))
        )

    def with_last_job(self) -> RepositoryQuerySet:
        """Each row with `last_job_state`, None without a job."""
        jobs = _jobs()
        states = jobs.order_by("-created_at").values("state")
        return self.annotate(last_job_state=Subquery(states[:1]))


def _is_signed_in(user_id: int) -> IsNull:
    """True for every id; NULL, which stands for an anonymous user in SQL, makes it false."""
    return IsNull(Cast(Value(user_id), BigIntegerField()), False)  # noqa: FBT003 - Django's form


def _jobs() -> models.QuerySet[Any]:
    """The index jobs of the repository of the outer query."""
    return apps.get_model("repos", "IndexJob").objects.filter(repository=OuterRef("pk"))


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

    A public one is one row for everybody; where `host_is_public` is not set, because it is
    a folder or its host is of a private network, for everybody who is signed in. A private one belongs to the person who added
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
    host_is_public = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Its address is of a public host: people without an account may read it.",
    )
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
    closed_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since when its host refuses; its index is then no longer the current one.",
    )
    checked_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its host was last asked."
    )
    removed_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since when nobody sees it; deleted after some days unless it is taken back.",
    )
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    used_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    objects = RepositoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "repositories"
        permissions = [
            ("share_repository", "Can decide who reads other people's repositories"),
        ]
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

    def save(self, **kwargs: Any) -> None:
        """Save the row; a change of its address never makes it one of a public host."""
        names_public_host = self.names_public_host()
        if self._state.adding:
            self.host_is_public = names_public_host
        elif self.host_is_public and not names_public_host:
            self.host_is_public = False
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "host_is_public"}
        super().save(**kwargs)

    def names_public_host(self) -> bool:
        """Whether the address is of a public host by the present settings."""
        try:
            address = self.address
        except SourceError:
            return False
        return has_public_host(
            address, settings.CLONE_ALLOW, through_proxy=bool(settings.GIT_PROXY)
        )

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

    @property
    def may_be_shown_to_strangers(self) -> bool:
        """May such a link be read without an account?"""
        return self.shares_allowed or (not self.is_private and self.host_is_public)

    def managed_by(self, user: AbstractBaseUser | AnonymousUser) -> bool:
        """May this person set it up: its owner, and who may change repositories."""
        return self.is_owned_by(user) or may_change_others(user)

    def shared_by(self, user: AbstractBaseUser | AnonymousUser) -> bool:
        """May this person decide who reads it: its owner, and who has that permission."""
        return self.is_owned_by(user) or may_share_of_others(user)

    def is_owned_by(self, user: AbstractBaseUser | AnonymousUser) -> bool:
        """Did this person add it for themselves? One of a public host is nobody's."""
        return user.pk is not None and user.pk == self.added_by_id
