"""Views for programs: identified by an API token, with errors in OpenAI's shape."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from chat import services
from chat.api.program_identity import ForeignHost, identify_program, request_headers
from chat.api.v1.error_shapes import error_response
from chat.core.errors import BadRequest, ChatError, Internal
from chat.core.events import Failed
from deepwiki.accounts import authentication
from deepwiki.foundation import metrics
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.threads import in_thread

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

# With the person, the request, and what `prepare` read for it.
ProgramView = Callable[[HttpRequest, "Person", Any], Awaitable[HttpResponseBase]]
Prepare = Callable[..., Any]
View = Callable[..., HttpResponseBase]
READ = ("GET", "HEAD")

logger = logging.getLogger(__name__)


def program_view(*methods: str, scope: str, prepare: Prepare) -> Callable[[ProgramView], View]:
    """Call the view with the person of an API token for `scope`, a stranger where they are let in.

    `prepare(person, request, **arguments of the path)` reads what the view needs, in the thread
    that finds the person: it may ask the database, and raises the ChatError family.
    """

    def decorated(view: ProgramView) -> View:
        @csrf_exempt
        @wraps(view)
        async def wrapped(request: HttpRequest, **arguments: str) -> HttpResponseBase:
            try:
                with services.database_errors_as_down():
                    read = partial(prepare, request=request, **arguments)
                    person, prepared = await in_thread(_prepared, request, scope, methods, read)
                    return await view(request, person, prepared)
            except ChatError as error:
                return refused(error)
            except ForeignHost:
                return refused(BadRequest("foreign_host"))
            except Exception:
                return refused(Internal(log_incident(logger, "a request failed")))

        return cast(View, wrapped)

    return decorated


def refused(error: ChatError) -> HttpResponseBase:
    """An error as a response, counted."""
    metrics.errors.labels(error.code).inc()
    return error_response(Failed.of(error))


def _prepared(
    request: HttpRequest, scope: str, methods: tuple[str, ...], read: Prepare
) -> tuple[Person, Any]:
    address = authentication.client_address(request)
    program = identify_program(request_headers(request), address)
    if request.method not in methods:
        raise BadRequest("wrong_method", method=methods[0])
    program.require(scope)
    return program.person, read(program.person)
