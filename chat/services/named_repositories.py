"""Repositories as programs name them: `owner/repo`, `owner/repo@revision`, an address, an id."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Self

from django.db.models import F

from chat.core.errors import NoSuchRepository
from deepwiki.foundation.parsing import parse_uuid
from deepwiki.foundation.text import clean
from repos import services as repositories
from repos.models import Repository, RepositoryQuerySet
from repos.models.repository import Identified
from repos.sources import SourceError

MAX_NAME_CHARS = 2_000


@dataclass(frozen=True)
class NamedRepository:
    """What a program wrote: the address or the name, and the revision behind its last `@`."""

    address: str
    revision: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """The parts of a text. An `@` in front of a host belongs to an address."""
        text = text.strip()
        before, at, revision = text.rpartition("@")
        if not at or not before or ":" in revision:
            return cls(text)
        if "://" in before and before.count("/") < MIN_SLASHES:
            return cls(text)
        return cls(before, revision)

    @property
    def shown(self) -> str:
        """The text again."""
        return "@".join(filter(None, (self.address, self.revision)))


MIN_SLASHES = 3  # of an address that has a path: https://host/owner


def find_named_repository(person: Identified, text: str) -> Repository:
    """The repository that a program means, of those that the person may read.

    Of several with one name the person's own comes first, then the one indexed last. Asks the
    database. Raises NoSuchRepository, for one that may not be read too.
    """
    return _find(person, readable_rows(person), text)


def repository_fields(person: Identified, text: str) -> dict[str, str]:
    """The fields of a request that name a repository: a new one is added by its address."""
    rows = Repository.objects.readable_by(person).only("url")
    try:
        repository = _find(person, rows, text)
    except NoSuchRepository:
        named = NamedRepository.of(text)
        return {"repo_url": named.address, "revision": named.revision}
    return {"repo_url": repository.url, "repository": str(repository.pk)}


def _find(person: Identified, rows: RepositoryQuerySet, text: str) -> Repository:
    """Raises NoSuchRepository."""
    text = clean(text[:MAX_NAME_CHARS])
    identifier = parse_uuid(text.strip())
    if identifier is not None:
        found = rows.filter(pk=identifier).first()
    else:
        found = _find_named(person, rows, NamedRepository.of(text))
    if found is None:
        raise NoSuchRepository
    return found


def _find_named(
    person: Identified, rows: RepositoryQuerySet, named: NamedRepository
) -> Repository | None:
    newest = F("current_index__updated_at").desc(nulls_last=True)
    same_name = rows.filter(name=named.address, revision=named.revision)
    found = same_name.order_by("-is_private", newest).first()
    return found or _find_at_address(person, rows, named)


def _find_at_address(
    person: Identified, rows: RepositoryQuerySet, named: NamedRepository
) -> Repository | None:
    for kind in ("", "local"):
        with contextlib.suppress(SourceError):
            found = repositories.find(person, named.address, kind, named.revision)  # type: ignore[arg-type]
            if found is not None:
                return rows.filter(pk=found.pk).first()
    return None


def readable_rows(person: Identified) -> RepositoryQuerySet:
    """The repositories that a person may read, with their indexes."""
    return Repository.objects.readable_by(person).select_related("current_index")


def model_name(repository: Repository) -> str:
    """How a program names it: `owner/repo`, with its revision where it has one."""
    return NamedRepository(repository.name, repository.revision).shown
