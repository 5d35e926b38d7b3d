"""What people and programs do with repositories: find one, add one, refresh it, remove it."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from repos import jobs
from repos.access.permissions import find_readable
from repos.encryption import WrongKey, encrypt
from repos.index.pipeline import source_of
from repos.models import IndexJob, Repository
from repos.sources import Address, SourceError, parse_address, remote_commit
from repos.sources.address import check_revision
from repos.sources.errors import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Person = AbstractBaseUser | AnonymousUser | None

NOTED = timedelta(minutes=1)


def find(person: Person, repo_url: str, kind: str = "", revision: str = "") -> Repository | None:
    """The repository at this address that the person may read; their own private one before the public one.

    Raises BadAddress.
    """
    address = parse_address(repo_url, kind)
    return Repository.objects.readable_by(person).at(address, revision).first()


def find_or_add(
    person: Person, repo_url: str, *, kind: str = "", token: str = "", revision: str = ""
) -> Repository:
    """The repository a question is about, added and put in the queue when it is new.

    A token makes it the person's own private repository. Raises BadAddress, and NotFound for a folder that nobody
    registered.
    """
    address = parse_address(repo_url, kind)
    person_id = person.pk if person is not None else None
    if revision:
        check_revision(revision)
    repository = find_readable(
        person_id, address.url, revision, own=bool(token) and person_id is not None
    )
    if repository is None:
        if address.is_local and (person_id is None or not _under_roots(Path(address.url))):
            raise NotFound("not_readable")
        repository = _beside_a_private_one(person, address, revision) if not token else None
        repository = repository or add(address, person_id, token=token, revision=revision)
    touch(repository, person_id, token)
    return repository


def _beside_a_private_one(person: Person, address: Address, revision: str) -> Repository | None:
    """Another revision of somebody's private repository is private, too, and read with the same token.

    None where the person knows no private one of this address. Raises NotFound for those it is only shared with.
    """
    person_id = person.pk if person is not None else None
    known = Repository.objects.readable_by(person).filter(url=address.url, is_private=True)
    private = known.filter(added_by=person_id).first() if person_id is not None else None
    if private is not None:
        return add(address, person_id, token=private.token, revision=revision, private=True)
    if person_id is not None and known.exists():
        raise NotFound("not_owner")
    return None


def touch(repository: Repository, person_id: int | None, token: str = "") -> None:
    """Note that a repository is in use, keep a newer token, and have it indexed when it is not."""
    if token and repository.is_private:
        repository.token = token  # a newer token replaces the stored one, readable or not
        repository.save(update_fields=["token_encrypted"])
    if repository.current_index_id is None and not repository.jobs.unfinished().exists():
        jobs.request(repository, person_id)
    if timezone.now() - repository.used_at > NOTED:
        Repository.objects.filter(pk=repository.pk).update(used_at=timezone.now())


def add(
    address: Address,
    person_id: int | None,
    *,
    token: str = "",
    revision: str = "",
    private: bool = False,
) -> Repository:
    """A new row, or the one that somebody made a moment before. Queues nothing."""
    private = private or bool(token)
    if revision:
        check_revision(revision)
    repository = Repository(
        kind=address.kind,
        url=address.url,
        name=address.name,
        revision=revision,
        is_private=private,
        added_by_id=person_id if private else None,
    )
    repository.token = token
    try:
        with transaction.atomic():
            repository.save()
    except IntegrityError:
        same = Repository.objects.filter(url=address.url, revision=revision, is_private=private)
        return (same.filter(added_by=person_id) if private else same).get()
    return repository


def new_webhook_secret(repository: Repository) -> str:
    """Make the repository's webhook secret anew; returns it in clear, for showing once."""
    secret = secrets.token_urlsafe(24)
    Repository.objects.filter(pk=repository.pk).update(webhook_secret_encrypted=encrypt(secret))
    return secret


def rotate_keys() -> int:
    """Encrypt every stored secret with the newest key; returns how many rows. Raises WrongKey at the first unreadable one."""
    rows = Repository.objects.exclude(token_encrypted="", webhook_secret_encrypted="")
    with transaction.atomic():
        for row in rows.select_for_update():
            row.token_encrypted, row.webhook_secret_encrypted = (
                encrypt(row.token),
                encrypt(row.webhook_secret),
            )
            row.save(update_fields=["token_encrypted", "webhook_secret_encrypted"])
    return len(rows)


def refresh(
    repository: Repository, person_id: int | None = None, *, force: bool = False
) -> IndexJob:
    """Ask for the index to be brought up to date."""
    job, _ = jobs.request(repository, person_id, force=force)
    return job


def check_connection(repository: Repository) -> tuple[bool, str]:
    """Ask the repository's host where it stands. Returns whether it answered, and words for a person."""
    try:
        if repository.address.is_local:
            there = Path(repository.url).is_dir()
            return there, "the folder is there." if there else "the folder is not there."
        commit = remote_commit(source_of(repository, jobs.index_options()))
    except (SourceError, WrongKey) as error:
        return False, str(error)
    return True, f"reached, at {commit[:8]}." if commit else "reached."


def _under_roots(path: Path) -> bool:
    """Only folders the administrator opened can be named from outside. Links are resolved before the comparison."""
    real = path.resolve()
    return (
        any(real == root or root in real.parents for root in settings.LOCAL_ROOTS) and real.is_dir()
    )
