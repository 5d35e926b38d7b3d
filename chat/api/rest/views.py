"""`/api/v1/…`: the interface is loaded with the first request, in a thread.

Its library takes 12 MB and half a second, which a process without such requests does not spend.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern
from django.views.decorators.csrf import csrf_exempt

from chat.api.rest import problems
from chat.api.rest.deferred import DeferredResponse
from chat.api.rest.problems import Problem
from chat.core.errors import Down
from chat.database_errors import RETRY_SECONDS, database_errors_as_down
from deepwiki.foundation.threads import in_thread

PREFIX = "/api/v1/"


@csrf_exempt
async def rest(request: HttpRequest, path: str) -> HttpResponseBase:
    """Any operation of the interface. An API token identifies; a session counts for nothing."""
    try:
        with database_errors_as_down():
            response = await in_thread(_answer, request, path)
            if isinstance(response, DeferredResponse):
                return await _finished(request, response)
            return response
    except Down:
        return problems.of_chat_error(Down(retry_after=RETRY_SECONDS))


async def _finished(request: HttpRequest, response: DeferredResponse) -> HttpResponseBase:
    """The response; what its making raises is told as an operation's errors are."""
    try:
        return await response.finish()
    except Exception as error:
        told: HttpResponse = await in_thread(_told, request, error)
        return told


def _told(request: HttpRequest, error: Exception) -> HttpResponse:
    from chat.api.rest.interface import interface

    return interface.on_exception(request, error)


def _answer(request: HttpRequest, path: str) -> HttpResponse:
    """Asks the database."""
    try:
        found = _resolver().resolve(path)
    except Resolver404:
        return problems.response_of(problems.no_such())
    response: HttpResponse = found.func(request, *found.args, **found.kwargs)
    if isinstance(response, HttpResponseNotAllowed):
        return _wrong_method(response["Allow"])
    return response


def _wrong_method(allowed: str) -> HttpResponse:
    problem = Problem(405, "wrong_method", f"This address takes {allowed}.")
    response = problems.response_of(problem)
    response["Allow"] = allowed
    return response


@cache
def _resolver() -> Any:
    from chat.api.rest.interface import interface

    return URLResolver(RegexPattern(r"^"), interface.urls[0])
