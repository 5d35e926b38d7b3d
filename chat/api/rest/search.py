"""Search: by a question, and by a pattern of lines."""

from __future__ import annotations

import math
import uuid
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import BaseModel

from chat.api.rest.identity import READ, reader_of
from chat.api.rest.lists import Listed, ListOf, ListQuery
from chat.api.rest.lookups import readable_index
from chat.api.rest.problems import Problem
from chat.api.rest.texts import QueryShort, QueryText
from repos.search import SearchHit, SearchOptions, code_url, parse_filters
from repos.search import search as search_index
from repos.search.grep import GrepOptions, InvalidPattern, grep

router = Router(tags=["search"])


class SearchRow(Schema):
    """Lines of a file that answer a question. `reason`: why they were found."""

    path: str
    commit: str
    language: str
    role: str
    start: int
    end: int
    symbol: str
    score: float
    reason: str
    text: str
    page: str = Field(description="The page of these lines on this server.")

    @staticmethod
    def resolve_score(hit: SearchHit) -> float:
        """JSON has no NaN, which the similarity to a vector of zeros is."""
        return hit.score if math.isfinite(hit.score) else 0.0

    @staticmethod
    def resolve_page(hit: SearchHit) -> str:
        return code_url(hit.repository_id, hit.path, hit.start, hit.end)


class SearchRows(Schema):
    """The best first. `mode` is hybrid, or words where no vectors are."""

    mode: str
    hits: list[SearchRow]


class SearchQuery(BaseModel):
    """What is looked for, and where."""

    query: QueryText = Field(min_length=1)
    limit: int = Field(10, ge=1, le=50)
    included_files: QueryShort = Field("", description="Globs, apart by commas.")
    excluded_files: QueryShort = ""


class FoundRow(Schema):
    """A line with matches at `spans` (columns from 0), or one beside it."""

    number: int
    text: str
    is_match: bool
    spans: list[tuple[int, int]]


class MatchingFile(Schema):
    """A file with lines that match; `count` matches, or more where `is_cut`."""

    path: str
    commit: str
    language: str
    role: str
    count: int
    is_cut: bool
    lines: list[FoundRow]


class LinesQuery(ListQuery):
    """Which lines."""

    pattern: QueryText = Field(min_length=1)
    regex: bool = Field(default=True, description="RE2; else the text itself.")
    case_sensitive: bool = False
    whole_word: bool = False


@router.get("/repositories/{repository_id}/search", response=SearchRows, auth=READ)
def search(
    request: HttpRequest, repository_id: uuid.UUID, query: Query[SearchQuery]
) -> dict[str, Any]:
    """Lines that answer a question, found by words, meaning and links."""
    readable_index(request, repository_id)
    filters = parse_filters(query.model_dump(include={"included_files", "excluded_files"}))
    options = SearchOptions(limit=query.limit, filters=filters)
    reader = reader_of(request)
    found = search_index([repository_id], query.query, user_id=reader.pk, options=options)
    return {"mode": found.mode, "hits": found.passages}


@router.get("/repositories/{repository_id}/lines", response=Listed[MatchingFile], auth=READ)
def search_lines(
    request: HttpRequest, repository_id: uuid.UUID, query: Query[LinesQuery]
) -> dict[str, Any]:
    """Files with lines that match a pattern."""
    readable_index(request, repository_id)
    reader = reader_of(request)
    part = ListOf.of(f"lines of {repository_id}", reader, query)
    options = GrepOptions(
        is_regex=query.regex,
        case_sensitive=query.case_sensitive,
        whole_word=query.whole_word,
        limit=part.limit,
        offset=part.offset,
    )
    try:
        found = grep([repository_id], query.pattern, user_id=reader.pk, options=options)
    except InvalidPattern as error:
        raise Problem(422, "invalid_pattern", str(error)) from None
    return part.of_numbered(found.files, has_more=found.has_more(options))
