"""The part of the search statement that follows links between files, `links.sql`.

The weights were measured on 141 questions, see `docs/decisions`; all of them times .75
to 1.25 give the same within .01.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deepwiki.foundation.sql import read_sql
from repos.search.question_names import identifiers, word_runs

LINKS = read_sql(__file__, "links.sql")
SCOPE = "AND {column} IN (SELECT unnest(%(documents)s::bigint[]))"

SUPPORT, SUPPORTERS = 0.15, 3  # of a file's further passages
WEIGHTS: Mapping[str, float] = {
    "support": SUPPORT,
    "supporters": SUPPORTERS,
    "seed_files": 5,
    "unsaid": 0.15,  # of a link whose name the question does not say
    "used_weight": 0.5,
    "uses_weight": 0.25,
    "second_weight": 0.3,
    "defined_weight": 0.4,
    "worded_weight": 0.2,
    "paired_weight": 0.25,
    "pairs": 3,  # code files of one key, above which it pairs none
    "damping": 0.75,
    "least_bonus": 0.05,  # of a file that brings a passage
    "most_brought": 20,
}


def links_part(*, is_filtered: bool) -> str:
    """The common table expressions from the files' own scores to the brought passages."""
    scope = SCOPE if is_filtered else ""
    return LINKS.format(
        **WEIGHTS,
        target_scope=scope.format(column="l.target_id"),
        source_scope=scope.format(column="l.source_id"),
        document_scope=scope.format(column="d.id"),
    )


def link_values(question: str) -> dict[str, Any]:
    """Their parameters."""
    return {"identifiers": identifiers(question), "word_runs": word_runs(question)}
