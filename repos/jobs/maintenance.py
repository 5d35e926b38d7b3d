"""Periodic work: refreshing indexes, keeping within the limit, deleting old rows."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from repos.index import bulk, drop_indexes, hnsw, purge_all, sizes
from repos.jobs import closing, removals
from repos.jobs.queue import request
from repos.models import IndexHold, IndexJob, Repository, RepositoryAddition

logger = logging.getLogger(__name__)
IN_USE = timedelta(days=14)  # since the last question: refreshed
JUST_USED = timedelta(hours=1)  # since the last question: never dropped
JOBS_KEPT = timedelta(days=30)
ADDITIONS_KEPT = timedelta(hours=1)


def refresh_due() -> int:
    """Queue a job for each repository that is due for one; returns how many.

    Due: in use, and without a job for DEEPWIKI_REFRESH_HOURS. Private ones are
    refreshed whether in use or not, so that revoking a token at its host ends the
    reading here, too.
    """
    if not settings.REFRESH_HOURS:
        return 0
    interval = timedelta(hours=settings.REFRESH_HOURS)
    return sum(is_new for _, is_new in map(request, _due(timezone.now(), interval)))


def run_hourly() -> None:
    """Everything that is to be cleaned up."""
    make_room()
    closing.drop_closed()
    removals.delete_removed()
    purge_all()
    hnsw.drop_orphans()
    bulk.analyze()
    delete_old_jobs()
    delete_old_additions()


def make_room() -> list[str]:
    """Drop least recently used indexes until all fit; returns repository names.

    The limit is DEEPWIKI_INDEX_MEGABYTES. Those being indexed or used within the
    last hour stay. The repository's row stays, too: the next question indexes it anew.
    """
    limit = settings.INDEX_MEGABYTES * 1_000_000
    dropped: list[str] = []
    if not limit:
        return dropped
    bytes_of = sizes()
    total = sum(bytes_of.values())
    for repository in _droppable():
        if total <= limit:
            break
        total -= _size(repository, bytes_of)
        drop_indexes(repository)
        dropped.append(repository.name)
    if dropped:
        logger.info("dropped the indexes of %s repositories to make room", len(dropped))
    return dropped


def delete_old_additions() -> int:
    """Delete counts of added repositories that no limit looks at; returns how many."""
    old = RepositoryAddition.objects.filter(added_at__lt=timezone.now() - ADDITIONS_KEPT)
    return old.delete()[0]


def delete_old_jobs() -> int:
    """Delete jobs that finished JOBS_KEPT ago; returns how many.

    Each repository's latest stays, since its page shows it.
    """
    latest = Repository.objects.annotate(latest=Max("jobs__created_at")).exclude(latest=None)
    old = IndexJob.objects.filter(finished_at__lt=timezone.now() - JOBS_KEPT)
    return old.exclude(created_at__in=latest.values("latest")).delete()[0]


def _due(now: datetime, interval: timedelta) -> QuerySet[Repository]:
    """Indexed repositories, in use or private, without a job within `interval`."""
    indexed = Repository.objects.filter(current_index__isnull=False, removed_at=None)
    kept_fresh = indexed.filter(Q(used_at__gt=now - IN_USE) | Q(is_private=True))
    with_last_job = kept_fresh.annotate(last_job=Max("jobs__created_at"))
    return with_last_job.filter(Q(last_job=None) | Q(last_job__lt=now - interval))


def _size(repository: Repository, bytes_of: Mapping[int, int]) -> int:
    """The bytes of all indexes of a repository."""
    indexes = repository.indexes.values_list("pk", flat=True)
    return sum(bytes_of.get(pk, 0) for pk in indexes)


def _droppable() -> QuerySet[Repository]:
    """Repositories neither in use nor read nor being indexed, least recently used first."""
    busy = IndexJob.objects.unfinished().values("repository")
    read = IndexHold.objects.filter(expires_at__gt=timezone.now()).values("index__repository")
    idle = Repository.objects.filter(
        current_index__isnull=False, used_at__lt=timezone.now() - JUST_USED
    )
    return idle.exclude(pk__in=busy).exclude(pk__in=read).order_by("used_at")
