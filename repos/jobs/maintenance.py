"""What is done for repositories without anybody asking: refreshing, making room, forgetting."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone

from repos.index import removal
from repos.jobs.queue import request
from repos.models import IndexJob, Repository

logger = logging.getLogger(__name__)
IN_USE = timedelta(days=14)  # asked about within this time: kept up to date
JUST_USED = timedelta(hours=1)  # asked about within this time: never removed
JOBS_KEPT = timedelta(days=30)


def refresh_due() -> int:
    """Queue a job for each repository in use that nobody looked at for DEEPWIKI_REFRESH_HOURS; returns how many.

    Private ones are looked at whether they are in use or not, so that a token taken back at its host ends the
    reading here too.
    """
    if not settings.REFRESH_HOURS:
        return 0
    now = timezone.now()
    due = (
        Repository.objects.filter(current_index__isnull=False)
        .filter(Q(used_at__gt=now - IN_USE) | Q(is_private=True))
        .annotate(looked_at=Max("jobs__created_at"))
        .filter(Q(looked_at=None) | Q(looked_at__lt=now - timedelta(hours=settings.REFRESH_HOURS)))
    )
    return sum(request(repository)[1] for repository in due)


def make_room() -> list[str]:
    """Drop the indexes of the repositories unused for longest until all fit; returns their names.

    One that is being indexed, or was asked about within the last hour, stays. Its row stays too: the next question
    indexes it anew.
    """
    limit = settings.INDEX_MEGABYTES * 1_000_000
    dropped: list[str] = []
    if not limit:
        return dropped
    sizes = removal.sizes()
    total = sum(sizes.values())
    busy = IndexJob.objects.unfinished().values("repository")
    idle = Repository.objects.filter(
        current_index__isnull=False, used_at__lt=timezone.now() - JUST_USED
    )
    for repository in idle.exclude(pk__in=busy).order_by("used_at"):
        if total <= limit:
            break
        total -= sum(sizes.get(pk, 0) for pk in repository.indexes.values_list("pk", flat=True))
        removal.drop_indexes(repository)
        dropped.append(repository.name)
    if dropped:
        logger.info("dropped the indexes of %s repositories to make room", len(dropped))
    return dropped


def forget_old_jobs() -> int:
    """Remove finished jobs of a month ago; the latest of each repository stays, since its page shows it."""
    latest = (
        Repository.objects.annotate(latest=Max("jobs__created_at"))
        .exclude(latest=None)
        .values("latest")
    )
    old = IndexJob.objects.filter(finished_at__lt=timezone.now() - JOBS_KEPT).exclude(
        created_at__in=latest
    )
    return old.delete()[0]
