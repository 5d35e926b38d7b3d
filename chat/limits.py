"""How much a person may ask, counted in the database and so over all processes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from chat.core.answer import Model
from chat.core.errors import TooMany
from chat.models import Message

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


def check(person: AbstractBaseUser | AnonymousUser, model: Model) -> None:
    """Raises TooMany, with the time after which it is worth asking again."""
    if person.pk is None:
        return
    mine = Message.objects.filter(conversation__user=person.pk)
    if mine.running().count() >= settings.RUNS_PER_USER:
        raise TooMany(
            "Another answer of yours is still being written. Wait for it or stop it, then ask again.", retry_after=5
        )
    if not model.free:
        _check_tokens(person.pk)
    since = timezone.now() - timedelta(minutes=1)
    asked = Message.objects.filter(asked_by=person.pk, created_at__gt=since).order_by("created_at")
    if asked.count() >= settings.REQUESTS_PER_MINUTE:
        first = asked.values_list("created_at", flat=True)[0]
        wait = max(1, round((first - since).total_seconds()))
        raise TooMany(f"You have asked {settings.REQUESTS_PER_MINUTE} questions in a minute. Ask again in {wait} seconds.",
                      retry_after=wait)  # fmt: skip


def _check_tokens(person_id: int) -> None:
    if not settings.TOKENS_PER_DAY:
        return
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    used = Message.objects.filter(conversation__user=person_id, created_at__gte=midnight).tokens()
    if used >= settings.TOKENS_PER_DAY:
        wait = round((midnight + timedelta(days=1) - timezone.localtime()).total_seconds())
        raise TooMany(
            "You have used what you may use in a day. Ask again tomorrow, or use Search only.", retry_after=wait
        )
