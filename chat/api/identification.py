"""Who sends an HTTP request of the protocol, and how errors become JSON responses."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.csrf import csrf_exempt

from chat import services
from chat.api.authorization import SCOPE_MISSING, scope_challenge, token_refusal
from chat.core.errors import ChatError, Forbidden, Internal, NotSignedIn
from chat.core.events import Failed
from deepwiki.accounts import authentication
from deepwiki.accounts.credential_errors import CredentialsRefused
from deepwiki.foundation import metrics
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.threads import in_thread

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

logger = logging.getLogger(__name__)
SAFE_METHODS = ("GET", "HEAD")
AsyncView = Callable[..., Awaitable[HttpResponseBase]]
View = Callable[..., HttpResponseBase]


class _CsrfCheck(CsrfViewMiddleware):
    """Django's own check; it returns the reason instead of rendering a page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def identified(scope: str) -> Callable[[AsyncView], View]:
    """Call the view with the person: by an API token for `scope` or by session, else anonymous.

    A token needs no CSRF token but refuses a foreign origin; a session is CSRF-checked, and
    with a foreign origin makes a stranger where strangers are let in.
    Errors of the ChatError family become JSON responses with their status.
    """

    def decorated(view: AsyncView) -> View:
        @csrf_exempt
        @wraps(view)
        async def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                with services.database_errors_as_down():
                    return await view(request, await _person(request, scope), *args, **kwargs)
            except ChatError as error:
                return _refused(error)
            except Exception:
                return _refused(Internal(log_incident(logger, "a request failed")))

        # Django finds out at run time that the view is asynchronous.
        return cast(View, wrapped)

    return decorated


def _refused(error: ChatError) -> JsonResponse:
    metrics.errors.labels(error.code).inc()
    return refusal(Failed.of(error))


def refusal(failure: Failed) -> JsonResponse:
    """An error before the first text: its status, and its message as JSON."""
    response = JsonResponse({"detail": failure.message}, status=failure.status)
    if failure.retry_after:
        response["Retry-After"] = str(failure.retry_after)
    if failure.reason == SCOPE_MISSING:
        response["WWW-Authenticate"] = scope_challenge(failure)
    return response


async def _person(request: HttpRequest, scope: str) -> Person:
    """Raises NotSignedIn, Forbidden."""
    person = await _token_person(request, scope)
    if person is not None:
        return person
    origin = request.headers.get("origin", "")
    may_be_anonymous = authentication.may_be_anonymous(origin, request.get_host())
    if not may_be_anonymous or not origin or _is_same_origin(request, origin):
        person = await _session_person(request)
    if person is not None:
        return person
    if may_be_anonymous:
        return AnonymousUser()
    if settings.ALLOW_ANONYMOUS:
        raise Forbidden
    raise NotSignedIn


async def _token_person(request: HttpRequest, scope: str) -> Person | None:
    authorization = request.headers.get("authorization", "")
    address = authentication.client_address(request)
    try:
        person = await in_thread(authentication.user_of_bearer, authorization, address, scope)
    except CredentialsRefused as error:
        raise token_refusal(error) from None
    origin = request.headers.get("origin", "")
    if person is not None and origin and not _is_same_origin(request, origin):
        raise Forbidden
    return person


def _is_same_origin(request: HttpRequest, origin: str) -> bool:
    return authentication.is_same_origin(origin, request.get_host())


async def _session_person(request: HttpRequest) -> Person | None:
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    person = await in_thread(authentication.user_of_session, key)
    if person is None or request.method in SAFE_METHODS:
        return person
    check = _CsrfCheck(lambda _: HttpResponse())
    check.process_request(request)
    if check.process_view(request, refusal, (), {}):
        raise Forbidden("csrf_failed")
    return person
