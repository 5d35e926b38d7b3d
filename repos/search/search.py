"""A question to ranked hits.

One statement (`search.sql`) scores words and vectors, fuses them and applies permission
and filters, so that no row that the person may not read is ever ranked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from repos.search.files import with_texts
from repos.search.filtered_files import filtered_files
from repos.search.passages import LinkScores, SearchHit, SearchOptions, SearchResult
from repos.search.question_vector import embed_question
from repos.search.ranking import rank
from repos.search.reasons import with_reasons
from repos.search.statement import build_statement, fetch_rows
from repos.search.targets import Target

LINK_COLUMNS = len(LinkScores._fields)  # the last of a row


def search(
    targets: Iterable[Target],
    question: str,
    *,
    user_id: int | None,
    options: SearchOptions | None = None,
) -> SearchResult:
    """Hits for `question` in those of the repositories and snapshots that the user may read.

    Unreadable ones give nothing, like unknown ones. Words alone decide where no
    vectors are configured or computed yet, and with `hybrid` off.
    """
    options = options or SearchOptions()
    wanted = list(targets)
    files = filtered_files(wanted, user_id, options.filters) if options.filters.any else None
    if files is not None and not files.documents:
        return SearchResult(files=files)
    vector = embed_question(question, wanted) if options.hybrid else None
    statement = build_statement(wanted, question, user_id, options, vector, files)
    found = [_hit(row) for row in fetch_rows(statement)]
    hits = with_reasons(rank(found, options.limit), question)
    if options.with_text:
        hits = with_texts(hits)
    return SearchResult(hits, "hybrid" if vector else "words", files)


def _hit(row: tuple[Any, ...]) -> SearchHit:
    own = len(row) - LINK_COLUMNS
    columns = [*row[:own], LinkScores._make(row[own:])]
    return SearchHit(*columns)
