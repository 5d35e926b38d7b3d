"""Public repositories whose host no longer lets them be read.

Their index is closed to everybody at once: no reader finds it, since it is no longer the
current one. It is deleted after GRACE, and is current again if the host opens the
repository at the same commit before.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from deepwiki.foundation.encryption import WrongKey
from repos.index import drop_indexes, source_of
from repos.jobs.options import index_options
from repos.jobs.queue import request
from repos.models import Index, IndexJob, Repository
from repos.sources import SourceError, remote_commit
from repos.sources.errors import AddressRefused, Moved, NoRevision, NotFound

GRACE = timedelta(days=7)
CHECK_EVERY = timedelta(hours=24)
CLOSED_CHECK_EVERY = timedelta(hours=1)
CHECK_SECONDS = 60.0  # a round of checks begins no further one after that


def close(repository: Repository, error: Exception) -> None:
    """Close a repository if the error is a refusal of its host, or of our policy.

    Of a private one the indexes are deleted at once: its token no longer opens it.
    """
    if not _is_refusal(error):
        return
    if not repository.is_private:
        _close_public(repository)
    elif isinstance(error, NotFound):
        drop_indexes(repository)


def reopen(repository: Repository) -> None:
    """Before a closed repository is indexed: ask its host, and open it if it answers.

    Its index is current again if the host stands at its commit. Raises SourceError, WrongKey.
    """
    if repository.closed_at is None:
        return
    repository.current_index = _index_at(repository, _ask_host(repository))
    repository.closed_at = None
    repository.save(update_fields=["closed_at", "current_index"])


def check_access() -> int:
    """Ask the hosts of public repositories that no job has asked lately; returns how many.

    Each is asked within CHECK_EVERY, whether it is in use or not, those asked longest ago
    first; closed ones within CLOSED_CHECK_EVERY, and indexed if their host answers.
    """
    deadline = time.monotonic() + CHECK_SECONDS
    asked = 0
    for repository in _unchecked(timezone.now()):
        if time.monotonic() > deadline:
            break
        asked += 1
        Repository.objects.filter(pk=repository.pk).update(checked_at=timezone.now())
        _check(repository)
    return asked


def drop_closed() -> int:
    """Delete the indexes of repositories closed for longer than GRACE; returns how many."""
    over = Repository.objects.filter(closed_at__lt=timezone.now() - GRACE, current_index=None)
    dropped = 0
    for repository in over.filter(Exists(Index.objects.filter(repository=OuterRef("pk")))):
        drop_indexes(repository)
        dropped += 1
    return dropped


def _is_refusal(error: Exception) -> bool:
    """Whether an error is no passing fault."""
    if isinstance(error, NoRevision):
        return False
    return isinstance(error, NotFound | AddressRefused | Moved)


def _close_public(repository: Repository) -> None:
    row = Repository.objects.filter(pk=repository.pk)
    row.filter(closed_at=None).update(closed_at=timezone.now())
    row.update(current_index=None)


def _index_at(repository: Repository, commit: str) -> Index | None:
    """A finished index of this commit; None for a folder, whose commit is empty."""
    finished = repository.indexes.exclude(state=Index.State.BUILDING)
    return finished.filter(commit=commit or None).order_by("-updated_at").first()


def _check(repository: Repository) -> None:
    try:
        _ask_host(repository)
    except SourceError as error:
        close(repository, error)
    else:
        if repository.closed_at is not None:
            request(repository)


def _unchecked(now: datetime) -> Iterator[Repository]:
    is_open = Q(closed_at=None, current_index__isnull=False) & _not_since(now - CHECK_EVERY)
    is_closed = Q(closed_at__gt=now - GRACE) & _not_since(now - CLOSED_CHECK_EVERY)
    rows: QuerySet[Repository] = Repository.objects.filter(
        is_open | is_closed, is_private=False, removed_at=None
    )
    jobs = IndexJob.objects.filter(repository=OuterRef("pk"))
    busy = jobs.filter(Q(created_at__gt=now - CLOSED_CHECK_EVERY) | Q(finished_at=None))
    return rows.exclude(Exists(busy)).order_by("checked_at").iterator()


def _not_since(moment: datetime) -> Q:
    return Q(checked_at=None) | Q(checked_at__lt=moment)


def _ask_host(repository: Repository) -> str:
    """The commit the host names; empty for a folder. Raises SourceError."""
    if not repository.address.is_local:
        with contextlib.suppress(WrongKey):  # of a public row's token, which it has none of
            return remote_commit(source_of(repository, index_options()))
    elif not Path(repository.url).is_dir():
        raise NotFound("no_folder")
    return ""
