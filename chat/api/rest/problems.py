"""Errors as problem details: RFC 9457."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from chat.api.authorization import SCOPE_MISSING, scope_challenge
from chat.core.errors import ChatError
from chat.core.events import Failed
from repos.sources import SourceError
from repos.sources.errors import NotFound, TooManyAdded

PROBLEM_JSON = "application/problem+json"
NO_SUCH = "There is nothing here, or you may not see it."
NOT_INDEXED = "This repository is not indexed yet. Ask for its job, and try again when it is done."


class Problem(Exception):
    """A request that cannot be answered. `code` is stable, `detail` a sentence for people."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


def no_such() -> Problem:
    """For what is not there and what may not be seen: the same words."""
    return Problem(404, "not_found", NO_SUCH)


def not_allowed(detail: str) -> Problem:
    """For what may be seen, and not done."""
    return Problem(403, "not_allowed", detail)


def not_indexed() -> Problem:
    """For a repository without an index."""
    return Problem(409, "not_indexed", NOT_INDEXED)


def response_of(problem: Problem, **more: Any) -> HttpResponse:
    """A problem as a response; `more` are members besides those of the RFC."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        **more,
    }
    content = json.dumps(body, ensure_ascii=False)
    return HttpResponse(content, status=problem.status, content_type=PROBLEM_JSON)


def of_chat_error(error: ChatError) -> HttpResponse:
    """An error of the chat's family."""
    return of_failure(Failed.of(error))


def of_failure(failure: Failed) -> HttpResponse:
    """An answer that ended with an error."""
    code = failure.reason or failure.code
    response = response_of(Problem(failure.status, code, failure.message))
    if failure.retry_after:
        response["Retry-After"] = str(failure.retry_after)
    if failure.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if failure.reason == SCOPE_MISSING:
        response["WWW-Authenticate"] = scope_challenge(failure)
    return response


def of_source_error(error: SourceError) -> HttpResponse:
    """What is wrong with an address, or with what it leads to."""
    response = response_of(Problem(_source_status(error), error.code, str(error)))
    if isinstance(error, TooManyAdded):
        response["Retry-After"] = str(error.retry_after)
    return response


def of_invalid_values(errors: Sequence[Any]) -> HttpResponse:
    """Values that are not as the schema says: which, and why."""
    found = [{"place": list(map(str, one["loc"])), "detail": str(one["msg"])} for one in errors]
    first = found[0]
    detail = f"{' › '.join(first['place'])}: {first['detail']}."
    return response_of(Problem(422, "invalid_values", detail), errors=found)


def _source_status(error: SourceError) -> int:
    if isinstance(error, TooManyAdded):
        return 429
    return 404 if isinstance(error, NotFound) else 422
