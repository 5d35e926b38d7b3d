"""Errors as OpenAI's API tells them.

https://platform.openai.com/docs/guides/error-codes
"""

from __future__ import annotations

import json
from typing import Any

from django.http import JsonResponse

from chat.api.authorization import SCOPE_MISSING, scope_challenge
from chat.core.errors import ChatError
from chat.core.events import Failed

KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
CLIENT_ERRORS = range(400, 500)


def error_body(failure: Failed) -> dict[str, Any]:
    """The body of an error."""
    error = {
        "message": failure.message,
        "type": KINDS.get(failure.status, _kind(failure.status)),
        "param": failure.parameters.get("field"),
        "code": CODES.get(failure.status, failure.code),
    }
    return {"error": error}


def _kind(status: int) -> str:
    return "invalid_request_error" if status in CLIENT_ERRORS else "server_error"


def error_response(failure: Failed) -> JsonResponse:
    """An error before the first text."""
    response = JsonResponse(error_body(failure), status=failure.status)
    if failure.retry_after:
        response["Retry-After"] = str(failure.retry_after)
    if failure.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if failure.reason == SCOPE_MISSING:
        response["WWW-Authenticate"] = scope_challenge(failure)
    return response


def error_chunk(error: ChatError) -> str:
    """An error in the middle of a stream, as a server-sent event; the clients raise it."""
    return f"data: {json.dumps(error_body(Failed.of(error)), ensure_ascii=False)}\n\n"
