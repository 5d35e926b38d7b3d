"""How much a person may ask, counted in the database and so over all processes."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from chat.core.answer import Model
from chat.core.errors import TooMany
from chat.models import LEASE, Message

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


LOCK = 0x0A5C  # any number, the same everywhere
_fallback: dict[str, int] = {}


def check(person: AbstractBaseUser | AnonymousUser, model: Model) -> None:
    """Raises TooMany, with the time after which it is worth asking again. Inside the transaction that stores the question."""
    if person.pk is None:
        return
    with connection.cursor() as cursor:
        # Until the question is stored: of many asked at the same moment, each sees those before it.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, person.pk])
    running, asked, first, quota = _counted(person.pk)
    if running >= settings.RUNS_PER_USER:
        raise TooMany(
            "Another answer of yours is still being written. Wait for it or stop it, then ask again.", retry_after=5
        )
    if asked >= settings.REQUESTS_PER_MINUTE:
        wait = max(1, round(60 - first))
        raise TooMany(f"You have asked {settings.REQUESTS_PER_MINUTE} questions in a minute. Ask again in {wait} seconds.",
                      retry_after=wait)  # fmt: skip
    if not model.free:
        _check_tokens(person.pk, settings.TOKENS_PER_DAY if quota is None else quota)


def check_address(address: str, running: int) -> None:
    """The same limits for strangers, by the address they come from; `running` are their answers in this process."""
    if running >= settings.RUNS_PER_USER:
        raise TooMany(
            "Another answer for your address is still being written. Wait for it, then ask again.", retry_after=5
        )
    key = f"asked:{address}:{int(time.time() // 60)}"
    try:
        cache.add(key, 0, 120)
        asked = cache.incr(key)
    except Exception:  # the cache is away: counted in this process alone
        asked = _fallback[key] = _fallback.get(key, 0) + 1
        for old in list(_fallback)[:-1_000]:
            del _fallback[old]
    if asked > settings.REQUESTS_PER_MINUTE:
        raise TooMany("Too many questions have come from your address. Ask again in a minute.", retry_after=60)


def _counted(person_id: int) -> tuple[int, int, float, int | None]:
    """Running answers, questions of the last minute, how many seconds ago the first of those was asked; one's own quota."""
    # Written out: this is asked before every answer, and making it from objects took longer than answering it.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM chat_message m JOIN chat_conversation c ON c.id = m.conversation_id
                    WHERE c.user_id = %s AND m.state = 'running' AND m.lease_at > now() - make_interval(secs => %s)),
                   count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8,
                   (SELECT tokens_per_day FROM accounts_profile WHERE user_id = %s)
            FROM chat_message WHERE asked_by_id = %s AND created_at > now() - interval '1 minute'
            """,
            [person_id, LEASE.total_seconds(), person_id, person_id],
        )
        running, asked, first, quota = cursor.fetchone()
    return running, asked, first, quota


def _check_tokens(person_id: int, quota: int) -> None:
    if not quota:
        return
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    used = Message.objects.filter(conversation__user=person_id, created_at__gte=midnight).tokens()
    if used >= quota:
        wait = round((midnight + timedelta(days=1) - timezone.localtime()).total_seconds())
        raise TooMany(
            "You have used what you may use in a day. Ask again tomorrow, or use Search only.", retry_after=wait
        )
