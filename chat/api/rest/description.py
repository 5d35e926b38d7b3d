"""What the description of the interface (OpenAPI 3.1) says besides what its operations do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chat.api.rest.problems import PROBLEM_JSON
from chat.api.streams import EVENT_STREAM_TYPE

DESCRIPTION = (
    "Send an API token of your profile page: `Authorization: Bearer dw_…`. Reading needs the scope"
    " `read`, asking `ask`, changing `manage`; what you may do as staff of the server, `admin`. Lists come in parts:"
    " send `next_cursor` as `cursor` for the next one. An answer has an `ETag`; sent back as"
    " `If-None-Match` it spares what has not changed."
)
ERRORS = {
    "400": "The request cannot be understood.",
    "401": "The token is missing, unknown, revoked or expired.",
    "403": "The token lacks a scope, or you may not do this.",
    "404": "There is no such thing, or you may not see it.",
    "409": "It cannot be done in the present state.",
    "413": "The request is too large.",
    "421": "The server has no such host.",
    "422": "A value is not as described.",
    "429": "Too many requests: see Retry-After.",
    "500": "A fault of the server's, with an incident id.",
    "503": "The server is away for a moment.",
}
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "Problem details, RFC 9457. `code` is stable; `detail` is for people.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "place": {"type": "array", "items": {"type": "string"}},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
CONTENT = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
JSON = "application/json"
# Of an operation that asks.
ANSWERED = {
    "responses": {
        200: {"content": {EVENT_STREAM_TYPE: {"schema": {"type": "string"}}}},
        502: {
            "description": "The model's service failed, or the repository cannot be prepared.",
            "content": CONTENT,
        },
    }
}
NOT_MODIFIED = {"description": "What you have is what there is."}


def described(schema: Any, scopes: Mapping[str, str]) -> Any:
    """The schema with the answers that any operation may give, and its scope by its id."""
    schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for method, operation in _operations(schema):
        answers = {str(status): answer for status, answer in operation["responses"].items()}
        for status, words in ERRORS.items():
            answers.setdefault(status, {"description": words, "content": CONTENT})
        if method == "get":
            answers["304"] = NOT_MODIFIED
        operation["responses"] = answers
        operation["security"] = [{"TokenFor": [scopes[operation["operationId"]]]}]
    return schema


def _operations(schema: Any) -> Iterator[tuple[str, Any]]:
    for methods in schema["paths"].values():
        yield from methods.items()
