"""Removing repositories: for some days that can be taken back, then they are deleted."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from repos.index import drop_indexes
from repos.jobs.queue import cancel
from repos.models import Repository

KEPT = timedelta(days=7)  # after the removal


def remove(repository: Repository, person_id: int | None) -> bool:
    """Stop its jobs and hide it from everybody, until it is taken back or KEPT is over.

    One that has neither an index nor conversations is deleted at once: False.
    """
    for job in repository.jobs.unfinished():
        cancel(job)
    if repository.current_index_id is None and not repository.conversations.exists():
        delete(repository)
        return False
    repository.removed_at, repository.removed_by_id = timezone.now(), person_id
    repository.save(update_fields=["removed_at", "removed_by"])
    return True


def take_back(repository: Repository) -> None:
    """Show a removed repository again to all who may read it."""
    if repository.removed_at is None:
        return
    repository.removed_at, repository.removed_by_id = None, None
    repository.save(update_fields=["removed_at", "removed_by"])


def delete(repository: Repository) -> None:
    """Delete it for good, with its indexes and the conversations about it."""
    drop_indexes(repository)
    repository.delete()


def delete_removed() -> int:
    """Delete what was removed longer than KEPT ago; returns how many."""
    over = Repository.objects.filter(removed_at__lt=timezone.now() - KEPT)
    for repository in over:
        delete(repository)
    return len(over)
