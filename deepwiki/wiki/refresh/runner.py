"""Looks for the claims of a wiki in the current state of its index."""

from __future__ import annotations

import logging

from deepwiki.wiki.ledger.recheck import RecheckResult, recheck_claims
from deepwiki.wiki.models import Wiki
from repos.access import OPERATOR_ID
from repos.jobs import stopping
from repos.search import release_snapshot, take_snapshot

logger = logging.getLogger(__name__)


def run(wiki_id: int) -> RecheckResult | None:
    """Look for its claims; None without a wiki or an index."""
    wiki = Wiki.objects.filter(pk=wiki_id, is_disabled=False).first()
    if wiki is None:
        return None
    return _recheck(wiki)


def _recheck(wiki: Wiki) -> RecheckResult | None:
    snapshot = take_snapshot(wiki.repository_id, OPERATOR_ID)
    if snapshot is None:
        return None
    try:
        result = recheck_claims(wiki, snapshot, stopping.is_set)
    finally:
        release_snapshot(snapshot)
    logger.info("claims of a wiki: %s", result)
    return result
