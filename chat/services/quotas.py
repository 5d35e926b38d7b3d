"""How much a person may ask, counted in the database and so over all processes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from chat.core.errors import BadRequest, TooMany
from chat.core.ports import Model
from chat.core.request import ChatRequest
from chat.models import LEASE, AnonymousRun
from chat.token_usage import tokens_where
from deepwiki.accounts.models import Profile
from deepwiki.foundation.address_keys import address_key
from deepwiki.foundation.advisory_locks import QUESTIONS_OF_ADDRESS, QUESTIONS_OF_PERSON
from deepwiki.foundation.day_counts import midnight
from deepwiki.foundation.sql import fetch_value, read_sql
from repos.search import MAX_PATTERNS, has_too_many_patterns

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

RUNNING_RETRY_SECONDS = 5
# Sums of the tokens that models used today for a person outside of answers, in SQL with the
# parameters `person` and `midnight`: apps above this one add theirs when they are loaded.
OTHER_TOKENS: list[str] = []
INSERT_ANONYMOUS_RUN = read_sql(__file__, "insert_anonymous_run.sql")


@dataclass(frozen=True)
class DayTokens:
    """The tokens that a person may use in a day (0: no limit), and models have used today."""

    quota: int
    spent: int

    @property
    def left(self) -> int | None:
        """What is not used; None without a limit."""
        if not self.quota:
            return None
        return max(0, self.quota - self.spent)


@dataclass(frozen=True)
class QuestionCounts:
    """What a person has asked: a row of insert_question.sql.

    `running` answers; `asked` questions in the last minute, the first of them `first`
    seconds ago; `spent` tokens since midnight of `quota` (0: no limit).
    """

    running: int
    asked: int
    first: float
    quota: int
    spent: int

    def check(self) -> None:
        """Raises TooMany, with the seconds after which it is worth asking again."""
        if self.running >= settings.RUNS_PER_USER:
            raise TooMany("answer_running", retry_after=RUNNING_RETRY_SECONDS)
        self._check_rate(settings.REQUESTS_PER_MINUTE)
        if self.quota and self.spent >= self.quota:
            raise TooMany("tokens_per_day", retry_after=_seconds_of_today())

    def _check_rate(self, limit: int) -> None:
        if self.asked >= limit:
            wait = max(1, round(60 - self.first))
            raise TooMany("questions_per_minute", limit=limit, seconds=wait, retry_after=wait)


def limit_parameters(person: Person, model: Model) -> dict[str, Any]:
    """The parameters of insert_question.sql that QuestionCounts are counted with."""
    return {
        "lock": QUESTIONS_OF_PERSON,
        "person": person.pk,
        "lease": LEASE.total_seconds(),
        "free": model.free,
        "tokens": settings.TOKENS_PER_DAY,
        "midnight": midnight(),
        "most_running": settings.RUNS_PER_USER,
        "most_asked": settings.REQUESTS_PER_MINUTE,
    }


def day_tokens(person_id: int) -> DayTokens:
    """The tokens of a person's day, as questions are counted."""
    return DayTokens(_quota_of(person_id), _spent_today(person_id))


def _quota_of(person_id: int) -> int:
    own = Profile.objects.filter(user=person_id).values_list("tokens_per_day", flat=True)
    quota = own.first()
    return settings.TOKENS_PER_DAY if quota is None else quota


def _spent_today(person_id: int) -> int:
    answers = tokens_where("c.user_id = %(person)s AND m.created_at >= %(midnight)s")
    values = {"person": person_id, "midnight": midnight()}
    return int(fetch_value(f"SELECT {answers.sql} + {other_tokens()}", values))


def other_tokens() -> str:
    """The sum of OTHER_TOKENS, in SQL."""
    return " + ".join(["0", *OTHER_TOKENS])


def check_filters(request: ChatRequest) -> None:
    """Raises BadRequest for a filter field with more patterns than are applied."""
    for name, text in request.filters.items():
        if has_too_many_patterns(text):
            raise BadRequest("too_many_patterns", field=name, limit=MAX_PATTERNS)


def _seconds_of_today() -> int:
    """The seconds until the next midnight."""
    tomorrow = midnight() + timedelta(days=1)
    return round((tomorrow - timezone.localtime()).total_seconds())


def reserve_anonymous_run(address: str) -> uuid.UUID:
    """Count a question from a network address and its answer to come; the id of its run.

    Counted and stored under one lock, over all processes. Raises TooMany.
    """
    run_id = uuid.uuid4()
    parameters: dict[str, Any] = {
        "lock": QUESTIONS_OF_ADDRESS,
        "address": address_key(address),
        "run": run_id,
        "lease": LEASE.total_seconds(),
        "most_running": settings.RUNS_PER_USER,
        "most_asked": settings.ANONYMOUS_REQUESTS_PER_MINUTE,
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ANONYMOUS_RUN, parameters)
        cursor.nextset()
        running, asked, first = cursor.fetchone()
    if running >= settings.RUNS_PER_USER:
        raise TooMany("answer_running_for_address", retry_after=RUNNING_RETRY_SECONDS)
    if asked >= settings.ANONYMOUS_REQUESTS_PER_MINUTE:
        raise TooMany("questions_from_address", retry_after=max(1, round(60 - first)))
    return run_id


def release_anonymous_run(run_id: uuid.UUID) -> None:
    """The run has ended, or never began: it counts as a question, not as running."""
    AnonymousRun.objects.filter(pk=run_id).update(lease_at=None)
