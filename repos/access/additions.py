"""What may be added: addresses that are open to a person, and how many within an hour.

A count is stored in the transaction that stores the repository, under a lock of its
requester, and so holds over all threads and processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from deepwiki.foundation.address_keys import address_key
from deepwiki.foundation.advisory_locks import NEW_REPOSITORIES
from deepwiki.foundation.sql import execute
from repos.models import RepositoryAddition
from repos.sources import Address, has_public_host
from repos.sources.errors import NotFound, TooManyAdded

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Person = AbstractBaseUser | AnonymousUser | None

WINDOW = timedelta(hours=1)
LOCK = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"


@dataclass(frozen=True)
class Requester:
    """Who adds repositories: what they are counted by, and how many they may add an hour."""

    key: str
    limit: int | None
    """None: without a limit."""
    code: str = "too_many_added"

    @classmethod
    def of(cls, person: Person, client_address: str) -> Requester:
        """A person, by their id; somebody without an account, by their network address."""
        if person is None or person.pk is None:
            limit = settings.ANONYMOUS_NEW_REPOSITORIES
            return cls(address_key(client_address), limit, "too_many_added_from_address")
        if _may_add_in_admin(person):
            return cls(f"person:{person.pk}", None)
        return cls(f"person:{person.pk}", settings.NEW_REPOSITORIES_PER_HOUR)

    @contextmanager
    def adding(self) -> Iterator[None]:
        """A transaction in which nobody else adds for the same requester."""
        with transaction.atomic():
            execute(LOCK, [NEW_REPOSITORIES, self.key])
            yield

    def count(self) -> None:
        """Count a repository to come, within `adding`. Raises TooManyAdded."""
        if self.limit is None:
            return
        now = timezone.now()
        recent = RepositoryAddition.objects.filter(
            requester=self.key, added_at__gt=now - WINDOW
        ).order_by("-added_at")
        times = list(recent.values_list("added_at", flat=True)[: self.limit])
        if len(times) == self.limit:
            oldest = min(times, default=now)
            wait = max(1, round((oldest + WINDOW - now).total_seconds()))
            raise TooManyAdded(self.code, limit=self.limit, retry_after=wait)
        RepositoryAddition.objects.create(requester=self.key, added_at=now)


def check_may_add(address: Address, person_id: int | None) -> None:
    """Raises NotFound for a folder outside LOCAL_ROOTS.

    For an anonymous person, for anything but a repository of a public host.
    """
    if person_id is None and not has_public_host(
        address, settings.CLONE_ALLOW, through_proxy=bool(settings.GIT_PROXY)
    ):
        raise NotFound("not_readable")
    if address.is_local and not _is_under_roots(Path(address.url)):
        raise NotFound("not_readable")


def _may_add_in_admin(person: AbstractBaseUser | AnonymousUser) -> bool:
    has_perm = getattr(person, "has_perm", None)
    return has_perm is not None and bool(has_perm("repos.add_repository"))


def _is_under_roots(path: Path) -> bool:
    """Is it a folder in one of LOCAL_ROOTS?

    Links are resolved before the comparison.
    """
    try:
        real = path.resolve()
        is_folder = real.is_dir()
    except (OSError, ValueError):  # a name too long, a folder that may not be entered
        return False
    under = any(real == root or root in real.parents for root in settings.LOCAL_ROOTS)
    return under and is_folder
