"""What a search finds."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SearchHit:
    """Lines `start`..`end` of a file at a commit, and why they came: `words` (BM25), `cosine`, or named outright."""

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
    text: str = ""


@dataclass(frozen=True)
class SearchResult:
    """Passages, best first, and how they were found: `mode` is `hybrid` or `words`."""

    passages: list[SearchHit] = field(default_factory=list)
    mode: str = "words"


@dataclass(frozen=True)
class PersonId:
    """A person by id alone, for asking what they may read."""

    pk: int | None
