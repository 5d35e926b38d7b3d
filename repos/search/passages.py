"""Search hits, and the options and result of a search."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import NamedTuple

from repos.search.filtered_files import FilteredFiles
from repos.search.filters import Filters


@dataclass(frozen=True)
class SearchOptions:
    """How to search. `file` raises hits in that path and its folder.

    Without `hybrid` only words count. Without `with_text` the hits' text is left empty.
    """

    limit: int = 20
    filters: Filters = field(default_factory=Filters)
    file: str = ""
    hybrid: bool = True
    with_text: bool = True


class LinkScores(NamedTuple):
    """What links add to the hits of a file, `bonus`, and of what it is made.

    `used`: the best files use its names; `uses`: it uses theirs; `used_by_used`: one step
    further; `defined`: it defines names of the question; `paired`: it is the test of one
    of them, or the code of a test.
    """

    bonus: float = 0.0
    used: float = 0.0
    uses: float = 0.0
    used_by_used: float = 0.0
    defined: float = 0.0
    paired: float = 0.0


class SearchHit(NamedTuple):
    """Lines `start`..`end` (1-based, inclusive) of a file at a commit.

    A tuple, since 200 are made for the 20 that a search returns: as frozen data classes they
    took .8 ms of CPU to make, as tuples .2.

    Columns other than 0 tell that only a part of the first or last line belongs to it.
    `words` is the BM25 score, `cosine` the similarity of the vectors, each None when
    not among the best; `named`: the question names the symbol or the file. `score`
    fuses them.

    `reason` is why it was found: defined (it defines a name of the question), named,
    words, meaning, both, or what links it to the hit in the file `via`: used (by it), uses
    (it), test (of it), tested (by it).
    """

    repository_id: uuid.UUID
    commit: str
    document_id: int
    path: str
    language: str
    role: str
    start: int
    end: int
    symbol: str
    words: float | None
    cosine: float | None
    score: float
    named: bool
    start_column: int
    end_column: int
    links: LinkScores = LinkScores()
    reason: str = ""
    via: str = ""
    text: str = ""


@dataclass(frozen=True)
class SearchResult:
    """Hits, best first.

    `mode` is `hybrid`, or `words` when no vectors were compared. `files` is what the
    filters left to be searched, None without filters.
    """

    passages: list[SearchHit] = field(default_factory=list)
    mode: str = "words"
    files: FilteredFiles | None = None
