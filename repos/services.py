"""What people and programs do with repositories: find, add, refresh, set up."""

from __future__ import annotations

import contextlib
import secrets
import uuid
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from deepwiki.accounts import two_factor
from deepwiki.foundation.encryption import WrongKey, encrypt
from repos import jobs, outgoing
from repos.access import find_readable
from repos.access.additions import Requester, check_may_add
from repos.index import source_of
from repos.jobs import removals
from repos.jobs.revision_choice import choose_revision, possible_revisions
from repos.models import IndexJob, Repository
from repos.sources import (
    Address,
    SourceError,
    parse_address,
    remote_commit,
)
from repos.sources.errors import NotFound
from repos.sources.revisions import check_revision

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Person = AbstractBaseUser | AnonymousUser | None

USED_AT_PRECISION = timedelta(minutes=1)


def find(person: Person, repo_url: str, kind: str = "", revision: str = "") -> Repository | None:
    """The repository at an address that the person may read, or None.

    See `find_readable`. Raises BadAddress.
    """
    address = parse_address(repo_url, kind)
    return _find(_id_of(person), address, revision)


def find_for_operator(text: str) -> Repository | None:
    """A repository by id, address, folder or name, of any owner: for commands.

    A public row comes before private ones, then the one indexed last.
    """
    matches = Q(name=text)
    for kind in ("", "local"):
        with contextlib.suppress(SourceError):
            matches |= _at(parse_address(text, kind))
    with contextlib.suppress(ValueError):
        matches |= Q(pk=uuid.UUID(text))
    newest = F("current_index__updated_at").desc(nulls_last=True)
    present = Repository.objects.filter(matches, removed_at=None)
    return present.order_by("is_private", newest).first()


def find_or_add(
    person: Person,
    repo_url: str,
    *,
    kind: str = "",
    token: str = "",
    revision: str = "",
    client_address: str = "",
) -> Repository:
    """The repository at an address, added and queued for indexing when it is new.

    The address may name the revision, too. A token makes it the person's own private
    repository. New ones of somebody without an account are counted by `client_address`.
    Raises BadAddress, TooManyAdded, and NotFound for a local folder that the settings do
    not open.
    """
    address = parse_address(repo_url, kind)
    person_id = _id_of(person)
    own = bool(token) and person_id is not None
    repository = _find(person_id, address, revision, own=own)
    if repository is None:
        check_may_add(address, person_id)
        revision = choose_revision(address, revision, token or _own_token(person_id, address))
        requester = Requester.of(person, client_address)
        repository = _add_for(person, requester, address, token=token, revision=revision)
        if person_id is None and not repository.host_is_public:
            raise NotFound("not_readable")  # a row from before its host counted as public
    touch(repository, person_id, token)
    return repository


def touch(repository: Repository, person_id: int | None, token: str = "") -> None:
    """Record a use; store a newer token; request a job if there is no index."""
    if token and repository.is_private:
        repository.token = token  # replaces the stored one, readable or not
        repository.save(update_fields=["token_encrypted"])
    if repository.current_index_id is None and not repository.jobs.unfinished().exists():
        jobs.request(repository, person_id)
    if timezone.now() - repository.used_at > USED_AT_PRECISION:
        Repository.objects.filter(pk=repository.pk).update(used_at=timezone.now())


def add(
    address: Address,
    person_id: int | None,
    *,
    token: str = "",
    revision: str = "",
    private: bool = False,
) -> Repository:
    """A new row, or the one that was added concurrently. Queues nothing.

    `private`, or a token, makes it the person's own.
    """
    revision = check_revision(revision) if revision else ""
    private = private or bool(token)
    key: dict[str, Any] = {"url": address.url, "revision": revision, "is_private": private}
    if private:
        key["added_by_id"] = person_id
    repository = Repository(kind=address.kind, name=address.name, **key)
    repository.token = token
    try:
        with transaction.atomic():
            repository.save()
    except IntegrityError:
        repository = Repository.objects.get(**key)
        removals.take_back(repository)  # where it was removed meanwhile: it is wanted again
    return repository


def refresh(
    repository: Repository, person_id: int | None = None, *, force: bool = False
) -> IndexJob:
    """Request a job that brings the index up to date; `force` builds it anew."""
    job, _ = jobs.request(repository, person_id, force=force)
    return job


def may_remove(person: Person, repository: Repository) -> bool:
    """May this person delete it, for everybody?

    The owner of a private one and who has the permission; who asked for one that was
    never indexed, while nobody else has used it.
    """
    if person is None or person.pk is None:
        return False
    return _may_delete(person) or may_remove_as_theirs(person, repository)


def may_remove_as_theirs(person: AbstractBaseUser | AnonymousUser, repository: Repository) -> bool:
    """May this person delete it without a permission over those of others?"""
    if repository.is_owned_by(person):
        return True
    if repository.is_private or repository.current_index_id is not None:
        return False
    others = ~Q(requested_by=person.pk)
    if repository.jobs.filter(others).exists() or not repository.jobs.exists():
        return False
    return not conversations_of_others(repository, person)


def may_control(person: Person, job: IndexJob) -> bool:
    """May this person pause, resume and cancel it: who requested it, and who manages it?"""
    return person is not None and (job.is_of(person) or job.repository.managed_by(person))


def conversations_of_others(repository: Repository, person: Person) -> int:
    """How many conversations of other people are about it."""
    return repository.conversations.exclude(user=_id_of(person)).count()


def remove(repository: Repository, person: Person = None) -> bool:
    """Stop its jobs and remove it for everybody; False where it cannot be taken back."""
    return removals.remove(repository, _id_of(person))


def may_take_back(person: Person, repository: Repository) -> bool:
    """May this person take back its removal: who removed it, its owner, who may delete it."""
    if person is None or _id_of(person) is None:
        return False
    theirs = {repository.removed_by_id, repository.added_by_id}
    return person.pk in theirs or _may_delete(person)


def check_connection(repository: Repository) -> tuple[bool, str]:
    """Does the repository's host answer? With a message for a person."""
    try:
        if repository.address.is_local:
            return _check_folder(Path(repository.url))
        commit = remote_commit(source_of(repository, jobs.index_options()))
    except (SourceError, WrongKey) as error:
        return False, str(error)
    return True, f"reached, at {commit[:8]}." if commit else "reached."


def new_webhook_secret(repository: Repository) -> str:
    """Replace the webhook secret; returns it in clear, to be shown once."""
    secret = secrets.token_urlsafe(24)
    Repository.objects.filter(pk=repository.pk).update(webhook_secret_encrypted=encrypt(secret))
    return secret


def rotate_keys() -> int:
    """Encrypt every stored secret with the newest key; returns the number of rows.

    Raises WrongKey at the first unreadable one; then nothing is changed.
    """
    rows = Repository.objects.exclude(token_encrypted="", webhook_secret_encrypted="")
    with transaction.atomic():
        for row in rows.select_for_update():
            row.token_encrypted = encrypt(row.token)
            row.webhook_secret_encrypted = encrypt(row.webhook_secret)
            row.save(update_fields=["token_encrypted", "webhook_secret_encrypted"])
        return len(rows) + two_factor.rotate_keys() + outgoing.rotate_keys()


def _may_delete(person: AbstractBaseUser | AnonymousUser) -> bool:
    has_perm = getattr(person, "has_perm", None)
    return has_perm is not None and bool(has_perm("repos.delete_repository"))


def _id_of(person: Person) -> int | None:
    return person.pk if person is not None else None


def _at(address: Address) -> Q:
    """The rows of an address, at the revision that it names if it names one."""
    names = possible_revisions(address, "")
    if names == [""]:
        return Q(url=address.url)
    return Q(url=address.url, revision__in=names)


def _find(
    person_id: int | None, address: Address, revision: str, *, own: bool = False
) -> Repository | None:
    """See `find_readable`, for the revision that is meant. Raises BadAddress."""
    for name in possible_revisions(address, revision):
        repository = find_readable(person_id, address.url, name, own=own)
        if repository is not None:
            return repository
    return None


def _add_for(
    person: Person, requester: Requester, address: Address, *, token: str, revision: str
) -> Repository:
    """The repository at a revision, a new row if there is none. Raises TooManyAdded."""
    person_id = _id_of(person)
    own = bool(token) and person_id is not None
    with requester.adding():
        repository = find_readable(person_id, address.url, revision, own=own)
        if repository is not None:
            return repository
        requester.count()
        if not token:
            repository = _private_revision(person, address, revision)
        return repository or add(address, person_id, token=token, revision=revision)


def _own_token(person_id: int | None, address: Address) -> str:
    """The token of the person's own row at this address, empty without one."""
    own = Repository.objects.filter(url=address.url, is_private=True, added_by=person_id)
    repository = own.first() if person_id is not None else None
    if repository is None:
        return ""
    with contextlib.suppress(WrongKey):
        return repository.token
    return ""


def _private_revision(person: Person, address: Address, revision: str) -> Repository | None:
    """Another revision of a person's own private repository, with the same token.

    None where they can read no private one of this address. Raises NotFound where one
    is only shared with them.
    """
    person_id = _id_of(person)
    if person_id is None:
        return None
    readable = Repository.objects.readable_by(person).filter(url=address.url, is_private=True)
    own = readable.filter(added_by=person_id).first()
    if own is not None:
        return add(address, person_id, token=own.token, revision=revision, private=True)
    if readable.exists():
        raise NotFound("not_owner")
    return None


def _check_folder(path: Path) -> tuple[bool, str]:
    if path.is_dir():
        return True, "the folder is there."
    return False, "the folder is not there."
