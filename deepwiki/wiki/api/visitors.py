"""Who may make the calls of deepwiki-open's front end, how often, and errors as JSON.

Cookies do not count here: whoever calls is a visitor, also in a browser that is signed in.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from chat.api.identification import refusal
from chat.core.errors import (
    BadRequest,
    ChatError,
    Forbidden,
    Internal,
    NotSignedIn,
    RequestTooLarge,
    TooMany,
)
from chat.core.events import Failed
from chat.services import database_errors_as_down
from deepwiki.accounts import authentication
from deepwiki.foundation.address_keys import address_key
from deepwiki.foundation.incidents import log_incident
from deepwiki.wiki.api.payloads import WrongPayload

logger = logging.getLogger(__name__)
WINDOW_SECONDS = 60
TOO_MANY = "Too many requests from this network address. Wait a minute and try again."
WRONG_CODES = 5  # of an address within WINDOW_SECONDS
View = Callable[..., HttpResponseBase]


def for_visitors(view: View) -> View:
    """A view that strangers may call, where they are let in; others get 401 or 403 as JSON."""

    @csrf_exempt
    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponseBase:
        try:
            return _answer(view, request)
        except ChatError as error:
            return refusal(Failed.of(error))
        except Exception:
            incident = log_incident(logger, "a call of a visitor failed")
            return refusal(Failed.of(Internal(incident)))

    return wrapped


def _answer(view: View, request: HttpRequest) -> HttpResponseBase:
    with database_errors_as_down():
        _check_origin(request)
        _count(request, "calls", settings.ANONYMOUS_REQUESTS_PER_MINUTE)
        try:
            return view(request)
        except WrongPayload as error:
            raise BadRequest(text=str(error)) from None
        except RequestDataTooBig:
            raise RequestTooLarge.of_wiki(settings.REQUEST_BYTES) from None


def is_code_right(request: HttpRequest, code: str) -> bool:
    """Whether a code is the one that guards deletion. Raises TooMany after some wrong ones."""
    expected = settings.WIKI_CODE
    if not expected or hmac.compare_digest(code.encode(), expected.encode()):
        return True
    _count(request, "codes", WRONG_CODES)
    return False


def _check_origin(request: HttpRequest) -> None:
    if not settings.ALLOW_ANONYMOUS:
        raise NotSignedIn
    origin = request.headers.get("origin", "")
    if not authentication.may_be_anonymous(origin, request.get_host()):
        raise Forbidden


def _count(request: HttpRequest, what: str, limit: int) -> None:
    """Count a request of an address in a window that begins with its first one."""
    counts = caches["limits"]
    key = f"wiki.{what}.{address_key(authentication.client_address(request))}"
    if counts.add(key, 1, WINDOW_SECONDS):
        return
    try:
        count = counts.incr(key)
    except ValueError:  # the window has ended between the two
        return
    if count > limit:
        raise TooMany(text=TOO_MANY, retry_after=WINDOW_SECONDS)
