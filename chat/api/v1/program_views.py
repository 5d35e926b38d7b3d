"""Views for programs: identified by an API token, with errors in OpenAI's shape."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from chat import services
from chat.api.program_identity import identify_program
from chat.api.v1.error_shapes import error_response
from chat.core.errors import BadRequest, ChatError, Internal
from chat.core.events import Failed
from deepwiki.accounts import authentication
from deepwiki.foundation import metrics
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.threads import in_thread

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

ProgramView = Callable[..., Awaitable[HttpResponseBase]]
View = Callable[..., HttpResponseBase]
READ = ("GET", "HEAD")

logger = logging.getLogger(__name__)


def program_view(*methods: str) -> Callable[[ProgramView], View]:
    """Call the view with the person of the API token, a stranger where they are let in."""

    def decorated(view: ProgramView) -> View:
        @csrf_exempt
        @wraps(view)
        async def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                with services.database_errors_as_down():
                    person = await _person(request)
                    _check_method(request, methods)
                    return await view(request, person, *args, **kwargs)
            except ChatError as error:
                return refused(error)
            except Exception:
                return refused(Internal(log_incident(logger, "a request failed")))

        return cast(View, wrapped)

    return decorated


def refused(error: ChatError) -> HttpResponseBase:
    """An error as a response, counted."""
    metrics.errors.labels(error.code).inc()
    return error_response(Failed.of(error))


def _check_method(request: HttpRequest, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise BadRequest("wrong_method", method=methods[0])


async def _person(request: HttpRequest) -> Person:
    headers = {
        name.lower().encode(): value.encode("latin-1", "replace")
        for name, value in request.headers.items()
    }
    return await in_thread(identify_program, headers, authentication.client_address(request))
