"""The interface: its operations, its errors, its description."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from chat import services
from chat.api.rest import (
    conversations,
    files,
    jobs,
    problems,
    questions,
    repositories,
    search,
    symbols,
)
from chat.api.rest.description import DESCRIPTION, described
from chat.api.rest.extensions import ROUTERS
from chat.api.rest.problems import Problem
from chat.core.errors import ChatError, Internal
from chat.core.request_json import check_size
from deepwiki.foundation import metrics
from deepwiki.foundation.incidents import log_incident
from repos.sources import SourceError

PREFIX = "/api/v1/"

logger = logging.getLogger(__name__)


class BoundedParser(Parser):
    """Reads bodies that are no larger than those of the other doors."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Raises RequestTooLarge, and ValueError or RecursionError for what is no JSON."""
        check_size(request.body, services.request_limits())
        return super().parse_body(request)


class RestInterface(NinjaAPI):
    """Answers with an ETag: a client that has the same already is told so in place of it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._scopes: dict[str, str] = {}  # of the operations that were described, by their ids

    def create_response(
        self,
        request: HttpRequest,
        data: Any,
        *,
        status: int | None = None,
        temporal_response: HttpResponse | None = None,
    ) -> HttpResponse:
        """See NinjaAPI. The answer is for whoever has the token, and to be asked for again."""
        response = super().create_response(
            request, data, status=status, temporal_response=temporal_response
        )
        response["Cache-Control"] = "private, no-cache"
        if request.method != "GET" or response.status_code != 200:
            return response
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        if etag in request.headers.get("if-none-match", ""):
            response = HttpResponse(status=304, headers={"Cache-Control": "private, no-cache"})
        response["ETag"] = etag
        return response

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """See NinjaAPI. Every operation says how it tells errors."""
        return described(super().get_openapi_schema(path_prefix=PREFIX), self._scopes)

    def get_openapi_operation_id(self, operation: Any) -> str:
        """See NinjaAPI: the name of the function, which no two operations share.

        It is asked for each operation that is described, whose scope is noted.
        """
        name = str(operation.view_func.__name__)
        self._scopes[name] = operation.auth_callbacks[0].scope
        return name


def _make() -> RestInterface:
    made = RestInterface(
        title="DeepWiki",
        version="1",
        description=DESCRIPTION,
        urls_namespace="rest",
        docs_url=None,
        parser=BoundedParser(),
        servers=[{"url": settings.PUBLIC_ORIGIN}],
    )
    for part in (repositories, jobs, files, search, symbols, questions, conversations):
        made.add_router("", part.router)
    for path in ROUTERS:
        made.add_router("", import_string(path))
    made.add_exception_handler(ChatError, _chat_error)
    made.add_exception_handler(SourceError, _source_error)
    made.add_exception_handler(Problem, _problem)
    made.add_exception_handler(Http404, _http_404)
    made.add_exception_handler(HttpError, _http_error)
    made.add_exception_handler(ValidationError, _invalid_values)
    made.add_exception_handler(Exception, _fault)
    return made


def _chat_error(request: HttpRequest, error: Any) -> HttpResponse:
    metrics.errors.labels(error.code).inc()
    return problems.of_chat_error(error)


def _source_error(request: HttpRequest, error: Any) -> HttpResponse:
    return problems.of_source_error(error)


def _problem(request: HttpRequest, error: Any) -> HttpResponse:
    return problems.response_of(error)


def _http_404(request: HttpRequest, error: Any) -> HttpResponse:
    return problems.response_of(problems.no_such())


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    """ninja's own; behind one about a body stands what was wrong with it."""
    if isinstance(error.__cause__, ChatError):
        return _chat_error(request, error.__cause__)
    code = "invalid_json" if error.__cause__ is not None else "refused"
    return problems.response_of(Problem(error.status_code, code, str(error)))


def _invalid_values(request: HttpRequest, error: Any) -> HttpResponse:
    return problems.of_invalid_values(error.errors)


def _fault(request: HttpRequest, error: Any) -> HttpResponse:
    """What the database raises while it is away becomes Down; the rest is our fault."""
    try:
        with services.database_errors_as_down():
            raise error
    except ChatError as told:
        return _chat_error(request, told)
    except Exception:
        return _chat_error(request, Internal(log_incident(logger, "a REST request failed")))


interface = _make()
