"""Claims of builds by workers: kept by a heartbeat, void when it stops.

A claim raises the build's `claim_number`; a worker whose number is no longer the row's
has lost the build.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from deepwiki.foundation import heartbeats
from deepwiki.wiki.builds.queue import enqueue
from deepwiki.wiki.models import WikiBuild

State = WikiBuild.State
HEARTBEAT_SECONDS = 5.0
CLAIM_TIMEOUT = timedelta(seconds=30)  # without a heartbeat
MESSAGE_TIMEOUT = timedelta(minutes=5)  # a build queued for so long has lost its message


def claim(build_id: uuid.UUID | str) -> WikiBuild | None:
    """Claim a queued build, or one whose worker died; None when another has it, or it is over."""
    now = timezone.now()
    row = WikiBuild.objects.filter(Q(state=State.QUEUED) | _is_stalled(now), pk=build_id)
    claimed = row.update(
        state=State.RUNNING,
        heartbeat_at=now,
        started_at=Coalesce("started_at", now),
        claim_number=F("claim_number") + 1,
    )
    builds = WikiBuild.objects.select_related("wiki__repository")
    return builds.filter(pk=build_id).first() if claimed else None


def next_queued(count: int) -> list[uuid.UUID]:
    """The ids of the builds that wait longest."""
    queued = WikiBuild.objects.filter(state=State.QUEUED).order_by("created_at", "pk")
    return list(queued.values_list("pk", flat=True)[:count])


def claimed_as(build: WikiBuild) -> QuerySet[WikiBuild]:
    """The row of a running build, unless it was stopped or another worker has claimed it."""
    return WikiBuild.objects.filter(
        pk=build.pk, state=State.RUNNING, claim_number=build.claim_number
    )


def heartbeat(build: WikiBuild, on_beat: Callable[[], None]) -> AbstractContextManager[None]:
    """Renew the claim from a thread, and call `on_beat` there each time."""

    def renew() -> bool:
        claimed_as(build).update(heartbeat_at=timezone.now())
        on_beat()
        return True

    return heartbeats.heartbeat(renew, HEARTBEAT_SECONDS)


def release(build: WikiBuild) -> None:
    """Put a claimed build back into the queue, for another worker."""
    with transaction.atomic():
        if claimed_as(build).update(state=State.QUEUED):
            enqueue(build)


def rescue() -> int:
    """Requeue the builds of dead workers, and those whose message was lost; returns how many."""
    now = timezone.now()
    rescued = sum(map(_requeue, WikiBuild.objects.filter(_is_stalled(now))))
    lost = Q(created_at__lt=now - MESSAGE_TIMEOUT, heartbeat_at=None)
    lost |= Q(heartbeat_at__lt=now - MESSAGE_TIMEOUT)
    for build in WikiBuild.objects.filter(lost, state=State.QUEUED):
        WikiBuild.objects.filter(pk=build.pk).update(heartbeat_at=now)
        enqueue(build)
    return rescued


def _is_stalled(now: datetime) -> Q:
    return Q(state=State.RUNNING, heartbeat_at__lt=now - CLAIM_TIMEOUT)


def _requeue(build: WikiBuild) -> bool:
    """Requeue a build unless it got a heartbeat meanwhile."""
    with transaction.atomic():
        row = claimed_as(build).filter(heartbeat_at=build.heartbeat_at)
        requeued = row.update(state=State.QUEUED, crash_count=F("crash_count") + 1)
        if requeued:
            enqueue(build)
    return bool(requeued)
