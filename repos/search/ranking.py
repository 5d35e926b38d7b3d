"""The order of passages."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from operator import attrgetter

from repos.search.passages import SearchHit

PER_FILE = 3
SUPPORT, SUPPORTERS = 0.15, 3


def rank(passages: list[SearchHit], limit: int) -> list[SearchHit]:
    """The best `limit`: a file's passages support each other, and none crowds the others out.

    Each passage gains SUPPORT times the scores of the best SUPPORTERS others of its file; then at most PER_FILE of one
    file come while other files still have something to say.
    """
    by_file: dict[int, list[float]] = {}
    for passage in sorted(passages, key=_score, reverse=True):
        by_file.setdefault(passage.document_id, []).append(passage.score)
    support = {file: SUPPORT * sum(scores[1 : 1 + SUPPORTERS]) for file, scores in by_file.items()}
    ranked = sorted(
        passages, key=lambda passage: passage.score + support[passage.document_id], reverse=True
    )
    taken: Counter[int] = Counter()
    first: list[SearchHit] = []
    more: list[SearchHit] = []
    for passage in ranked:
        (first if taken[passage.document_id] < PER_FILE else more).append(passage)
        taken[passage.document_id] += 1
    return [replace(p, score=p.score + support[p.document_id]) for p in (first + more)[:limit]]


_score = attrgetter("score")
