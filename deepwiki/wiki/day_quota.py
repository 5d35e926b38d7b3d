"""The tokens that a person may have models use in a day: those of wikis count with those of answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import BigIntegerField, F, Q, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_noop

from chat.services.quotas import day_tokens, midnight
from deepwiki.wiki.models import PageRefresh, TranslationRequest, WikiBuild

State = WikiBuild.State
GOING_ON = Q(state__in=[State.QUEUED, State.RUNNING])
USED = F("input_tokens") + F("output_tokens")
RESERVED = Greatest(USED, F("max_tokens"), output_field=BigIntegerField())
USED_UP = gettext_noop(
    "You have used the tokens that you may use in a day. Ask for this again tomorrow."
)


class QuotaUsedUp(Exception):
    """The message is a plain sentence."""


def tokens_left(person_id: int | None) -> int | None:
    """What a person may still have used today; None: any amount, also where nobody asked."""
    if person_id is None:
        return None
    day = day_tokens(person_id)
    if not day.quota:
        return None
    return max(0, day.quota - day.spent - sum(_spent(person_id)))


def check_tokens_left(person_id: int | None) -> None:
    """Raises QuotaUsedUp."""
    if tokens_left(person_id) == 0:
        raise QuotaUsedUp(USED_UP)


def within_quota(most: int, person_id: int | None) -> int:
    """A cap of tokens (0: none) lowered to what the person may use. Raises QuotaUsedUp."""
    check_tokens_left(person_id)
    left = tokens_left(person_id)
    return min(filter(None, (most, left)), default=0)


def _spent(person_id: int) -> Iterator[int]:
    """By builds, updates and translations. What builds that go on may use counts as used."""
    builds = WikiBuild.objects.filter(requested_by=person_id).exclude(model="")
    yield _sum(_ended_today(builds), USED)
    yield _sum(builds.filter(GOING_ON), RESERVED)
    yield _sum(_refreshes(person_id), USED)
    yield _sum(_translations(person_id), USED)


def _ended_today(builds: QuerySet[WikiBuild]) -> QuerySet[WikiBuild]:
    seen = Coalesce("heartbeat_at", "created_at")
    return builds.alias(seen=seen).filter(seen__gte=midnight()).exclude(GOING_ON)


def _refreshes(person_id: int) -> QuerySet[PageRefresh]:
    """Of today; those that nobody asked for are of the owner of the repository."""
    by_itself = Q(requested_by=None, wiki__repository__added_by=person_id)
    mine = Q(requested_by=person_id) | by_itself
    return PageRefresh.objects.filter(mine, created_at__gte=midnight())


def _translations(person_id: int) -> QuerySet[TranslationRequest]:
    today = TranslationRequest.objects.filter(changed_at__gte=midnight())
    return today.filter(requested_by=person_id)


def _sum(rows: QuerySet[Any], tokens: Combinable) -> int:
    return rows.aggregate(all=Sum(tokens))["all"] or 0
