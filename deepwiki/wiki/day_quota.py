"""The tokens that a person may have models use in a day: those of wikis count with those of answers.

What nobody requested (wikis that are made and updated by themselves, or from the command line)
is paid for by the person who added the repository.
"""

from __future__ import annotations

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_noop

from chat.services.quotas import day_tokens
from deepwiki.foundation.sql import read_sql
from deepwiki.wiki.models import WikiBuild
from repos.models import Repository

# Of `chat.services.quotas.OTHER_TOKENS`.
DAY_TOKENS = read_sql(__file__, "day_tokens.sql")
DAY_USAGE = read_sql(__file__, "day_usage.sql")  # of `usage_by_day.OTHER_USAGE`
State = WikiBuild.State
GOING_ON = Q(state__in=[State.QUEUED, State.RUNNING])
USED = F("input_tokens") + F("output_tokens")
RESERVED = Greatest(F("max_tokens") - USED, 0)
PAYER = Coalesce("requested_by", "wiki__repository__added_by")
USED_UP = gettext_noop(
    "You have used the tokens that you may use in a day. Ask for this again tomorrow."
)


class QuotaUsedUp(Exception):
    """The message is a plain sentence."""


def payer_of(repository: Repository, person_id: int | None) -> int | None:
    """In whose day tokens count: who requested it, else who added the repository."""
    return person_id or repository.added_by_id


def tokens_left(person_id: int | None) -> int | None:
    """What a person may still request today; None: any amount, also where there is nobody.

    What builds that go on may still use counts as used.
    """
    left = unused_tokens(person_id)
    if not left:
        return left
    builds = WikiBuild.objects.alias(payer=PAYER).filter(GOING_ON, payer=person_id)
    reserved = builds.exclude(model="").aggregate(all=Sum(RESERVED))["all"] or 0
    return max(0, left - reserved)


def unused_tokens(person_id: int | None) -> int | None:
    """What models have not used today of what the person may use; None: any amount."""
    if person_id is None:
        return None
    return day_tokens(person_id).left


def check_tokens_left(person_id: int | None) -> None:
    """Raises QuotaUsedUp."""
    if tokens_left(person_id) == 0:
        raise QuotaUsedUp(USED_UP)


def within_quota(most: int, person_id: int | None) -> int:
    """A cap of tokens (0: none) lowered to what the person may use. Raises QuotaUsedUp."""
    check_tokens_left(person_id)
    left = tokens_left(person_id)
    return min(filter(None, (most, left)), default=0)
