"""The endpoint of Slack's events.

https://docs.slack.dev/apis/events-api
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from chat.api.identification import refusal
from chat.api.slack.answers import start_answer
from chat.api.slack.signature import is_signed
from chat.api.slack.slack_message import SlackMessage, read_message
from chat.core.errors import (
    BadRequest,
    ChatError,
    NoSuchRepository,
    NotSignedIn,
    RequestTooLarge,
)
from chat.core.events import Failed
from chat.core.request_json import RequestLimits, decode
from chat.database_errors import database_errors_as_down
from deepwiki.foundation.parsing import is_length_above
from deepwiki.foundation.threads import in_thread

LIMITS = RequestLimits(message_bytes=600_000)
MAX_CHALLENGE_CHARS = 1_000
SEEN_SECONDS = 24 * 3_600  # Slack sends an event again for an hour


@csrf_exempt  # the signature takes its place
async def events(request: HttpRequest) -> HttpResponseBase:
    """`POST /slack/events`: answered at once; what is asked is answered in its thread.

    404 where no Slack app is set up, 401 without a valid signature, 503 while the database is
    away, so that Slack sends the event again.
    """
    try:
        with database_errors_as_down():
            return await _reply(_signed_body(request))
    except ChatError as error:
        return refusal(Failed.of(error))


def _signed_body(request: HttpRequest) -> Mapping[str, Any]:
    """The body, whose sender is Slack. Raises the ChatError family."""
    app = settings.SLACK
    if not app.is_on:
        raise NoSuchRepository("no_slack_app")
    if request.method != "POST":
        raise BadRequest("wrong_method", method="POST")
    if is_length_above(request.headers.get("content-length"), LIMITS.message_bytes):
        raise RequestTooLarge
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not is_signed(app.signing_secret, timestamp, signature, request.body):
        raise NotSignedIn("slack_signature")
    return decode(request.body, LIMITS)


async def _reply(body: Mapping[str, Any]) -> HttpResponseBase:
    if body.get("type") == "url_verification":
        return JsonResponse({"challenge": _challenge(body)})
    message = read_message(body)
    if message is not None and await in_thread(_is_new, message):
        start_answer(message)
    return JsonResponse({})


def _challenge(body: Mapping[str, Any]) -> str:
    challenge = body.get("challenge")
    if not isinstance(challenge, str) or len(challenge) > MAX_CHALLENGE_CHARS:
        raise BadRequest("field_not_text", field="challenge")
    return challenge


def _is_new(message: SlackMessage) -> bool:
    """Whether no process has taken this message before: Slack may send it several times."""
    return bool(caches["limits"].add(message.key, 1, timeout=SEEN_SECONDS))
