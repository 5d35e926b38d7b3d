"""Looks for the claims of a wiki, and for what its notes cite, in the current state of its index,
and has pages patched.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from deepwiki.wiki.contributions.note_recheck import recheck_notes
from deepwiki.wiki.day_quota import payer_of, tokens_left
from deepwiki.wiki.ledger.recheck import recheck_claims
from deepwiki.wiki.models import PageRefresh, Wiki
from deepwiki.wiki.refresh.page_model import default_model
from deepwiki.wiki.refresh.refresher import Refresher, spent_this_month
from deepwiki.wiki.writing.call_budget import Budget
from repos.access import OPERATOR_ID
from repos.jobs import stopping
from repos.models import WebhookEvent
from repos.outgoing import announce
from repos.search import IndexSnapshot, release_snapshot, take_snapshot

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RefreshResult:
    """How many claims are in another state than before, and what a model was asked."""

    claims: int = 0
    asked: Sequence[PageRefresh] = ()


def run(wiki_id: int, user_id: int | None = None, *, is_requested: bool = False) -> RefreshResult:
    """Look for its claims, and have a model patch pages within the budget of the wiki.

    With `is_requested` somebody agreed to the cost: all pages are patched.
    """
    wiki = Wiki.objects.filter(pk=wiki_id, is_disabled=False).first()
    if wiki is None:
        return RefreshResult()
    snapshot = take_snapshot(wiki.repository_id, OPERATOR_ID)
    if snapshot is None:
        return RefreshResult()
    try:
        budget = _budget(wiki, user_id, is_requested=is_requested)
        result = _refresh(wiki, snapshot, user_id, budget)
    finally:
        release_snapshot(snapshot)
    _announce(wiki, result)
    logger.info("claims in another state: %s, asked: %s", result.claims, len(result.asked))
    return result


def _announce(wiki: Wiki, result: RefreshResult) -> None:
    """Have it told that the wiki has another text, where it has."""
    written = [one for one in result.asked if one.version_id is not None]
    if written:
        last = written[-1]
        facts, key = {"commit": last.commit}, f"refresh:{last.pk}"
        announce(WebhookEvent.WIKI_CHANGED, wiki.repository, facts, key=key)


def _refresh(
    wiki: Wiki, snapshot: IndexSnapshot, user_id: int | None, budget: int | None
) -> RefreshResult:
    recheck = recheck_claims(wiki, snapshot, stopping.is_set)
    recheck_notes(wiki, snapshot, stopping.is_set)
    if not recheck.is_whole:
        return RefreshResult(recheck.claims)
    return RefreshResult(recheck.claims, _patch(wiki, snapshot, user_id, budget))


def _budget(wiki: Wiki, user_id: int | None, *, is_requested: bool) -> int | None:
    """The tokens that are left of this month; 0 where nothing is patched by itself.

    Not more than the person who asked, or whose repository it is, may use today.
    """
    day = tokens_left(payer_of(wiki.repository, user_id))
    if is_requested:
        return day
    month = max(0, wiki.refresh_tokens - spent_this_month(wiki))
    return month if day is None else min(month, day)


def _patch(
    wiki: Wiki, snapshot: IndexSnapshot, user_id: int | None, budget: int | None
) -> list[PageRefresh]:
    if budget == 0:
        return []
    with default_model(stopping.is_set, Budget(max_tokens=budget or 0)) as model:
        if model is None:
            return []
        return Refresher(wiki, snapshot, model, user_id).refresh()
