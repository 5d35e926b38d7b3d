"""The page on which the lines of a repository are searched."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chat.web.lookups import readable_repository
from chat.web.rail import rail_context
from deepwiki.foundation.parsing import parse_number
from deepwiki.foundation.text import clean
from repos.models import Repository
from repos.search import code_url
from repos.search.grep import FoundLine, GrepOptions, GrepResult, InvalidPattern, MatchedFile, grep
from repos.search.grep.typed_terms import MAX_QUERY_CHARS, GrepQuery, parse_query

FILES_A_PAGE = 20
PART = "more-files"  # the id of the element that more files replace
Piece = tuple[str, bool]  # a part of a line, and whether it matches


@dataclass(frozen=True)
class ResultLine:
    """A line of a result. `after_gap`: lines before it are left out."""

    line: FoundLine
    url: str
    after_gap: bool

    @property
    def pieces(self) -> Iterator[Piece]:
        """The text of the line, cut where matches begin and end."""
        position = 0
        for start, end in self.line.spans:
            yield self.line.text[position:start], False
            yield self.line.text[start:end], True
            position = end
        yield self.line.text[position:], False


@dataclass(frozen=True)
class ResultFile:
    """A file of a result with its lines."""

    file: MatchedFile
    url: str

    @property
    def lines(self) -> Iterator[ResultLine]:
        """The lines to show, in order."""
        last = 0
        for line in self.file.lines:
            yield ResultLine(line, self._url(line.number), bool(last) and line.number > last + 1)
            last = line.number

    @property
    def more(self) -> int:
        """How many matches stand in lines that are not shown."""
        return self.file.count - sum(max(1, len(line.spans)) for line in self._matching)

    @property
    def _matching(self) -> list[FoundLine]:
        return [line for line in self.file.lines if line.is_match]

    def _url(self, number: int) -> str:
        return code_url(self.file.repository_id, self.file.path, number)


@require_safe
@login_required
def search_code(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Lines that match `query`, grouped by file; from file `from` on."""
    repository = readable_repository(request, repository_id)
    if repository.current_index is None:
        return render(request, "reader/no_index.html", {"repository": repository})
    context = {
        "repository": repository,
        "is_code_search": True,
        **_context(request, repository),
    }
    if request.headers.get("HX-Target") == PART:
        return render(request, "search/files.html", context)
    return render(request, "search/page.html", {**rail_context(request), **context})


def _context(request: HttpRequest, repository: Repository) -> dict[str, Any]:
    text = clean(request.GET.get("query", "")).strip()[:MAX_QUERY_CHARS]
    query = parse_query(text)
    notices = [_(notice.value) for notice in query.notices]
    return {"q": text, "notices": notices} | _answer(request, repository, query, text)


def _answer(
    request: HttpRequest, repository: Repository, query: GrepQuery, text: str
) -> dict[str, Any]:
    """What is found, or why nothing is looked for; empty without a pattern."""
    if not query.pattern:
        return {}
    options = replace(query.options, limit=FILES_A_PAGE, offset=_offset(request))
    try:
        result = grep([repository.pk], query.pattern, user_id=request.user.pk, options=options)
    except InvalidPattern as error:
        return {"error": error.translated}
    return {"result": result, **_found(result, options, text)}


def _found(result: GrepResult, options: GrepOptions, text: str) -> dict[str, Any]:
    return {
        "files": [_result_file(file) for file in result.files],
        "result_notices": [_(notice.value) for notice in result.notices],
        "next": _next_page(result, options, text),
    }


def _result_file(file: MatchedFile) -> ResultFile:
    return ResultFile(file, code_url(file.repository_id, file.path))


def _next_page(result: GrepResult, options: GrepOptions, text: str) -> str:
    """The query of the page with the next files; empty after the last."""
    if not result.has_more(options):
        return ""
    return urlencode({"query": text, "from": options.offset + len(result.files)})


def _offset(request: HttpRequest) -> int:
    return max(0, parse_number(request.GET.get("from")) or 0)
