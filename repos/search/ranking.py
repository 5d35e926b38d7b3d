"""The order of hits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import attrgetter

from repos.search.link_bonus import SUPPORT, SUPPORTERS
from repos.search.passages import SearchHit

MAX_PER_FILE = 2


def rank(hits: Sequence[SearchHit], limit: int) -> list[SearchHit]:
    """The best `limit` hits, best first, with their final scores.

    A hit gains SUPPORT times the scores of the SUPPORTERS best other hits of its file, and
    what links to and from other files add to it.
    Hits past a file's first MAX_PER_FILE come after those of other files.
    """
    support = _support(hits)

    def score(hit: SearchHit) -> float:
        return hit.score + support[hit.document_id] + hit.links.bonus

    best = _varied(sorted(hits, key=score, reverse=True))[:limit]
    return [hit._replace(score=score(hit)) for hit in best]


def _varied(hits: Sequence[SearchHit]) -> list[SearchHit]:
    """The hits, those past a file's first MAX_PER_FILE behind all others."""
    count: Counter[int] = Counter()
    first: list[SearchHit] = []
    rest: list[SearchHit] = []
    for hit in hits:
        count[hit.document_id] += 1
        if count[hit.document_id] <= MAX_PER_FILE:
            first.append(hit)
        else:
            rest.append(hit)
    return first + rest


def _support(hits: Sequence[SearchHit]) -> dict[int, float]:
    """What each hit of a document gains, by document id."""
    scores: dict[int, list[float]] = {}
    for hit in sorted(hits, key=attrgetter("score"), reverse=True):
        scores.setdefault(hit.document_id, []).append(hit.score)
    return {document: SUPPORT * sum(best[1 : 1 + SUPPORTERS]) for document, best in scores.items()}
