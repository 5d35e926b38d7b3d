"""Errors as JSON for programs: never the sign-in page, a redirect to it, or an error page.

A request is a program's if its path is one, or if it asks for JSON or sends it.
"""

from __future__ import annotations

from collections.abc import Awaitable
from http import HTTPStatus
from inspect import iscoroutinefunction
from typing import Final, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.decorators import sync_and_async_middleware

from deepwiki.foundation.middleware import Handler

REST_PATH: Final = "/api/v1/"
JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"  # RFC 9457
HTML: Final = "text/html"
# Paths of the chat protocol and of deepwiki-open's clients.
PROGRAM_PATHS: Final = (
    "/api/",
    "/auth/",
    "/chat/completions/",
    "/export/wiki",
    "/health",
    "/lang/config",
    "/local_repo/",
    "/models/config",
    "/slack/",
    "/v1/",
    "/webhooks/",
    "/.well-known/",
)
SIGN_IN_PATHS: Final = (settings.LOGIN_URL, "/admin/login/")
SIGN_IN: Final = "Sign in, or send an API token."
DETAILS: Final = {
    400: "The request cannot be understood.",
    401: SIGN_IN,
    403: "You may not do this, or the request did not come from a page of this site.",
    404: "There is nothing here, or you may not see it.",
    405: "This address does not take this method.",
    413: "The request is too large.",
    429: "Too many requests. Wait a moment and try again.",
    503: "DeepWiki is temporarily unavailable. Try again in a minute.",
}
OTHER_DETAIL: Final = "The request could not be answered."
KEPT_HEADERS: Final = ("Allow", "Retry-After")


@sync_and_async_middleware
def json_error_middleware(get_response: Handler) -> Handler:
    """Replace redirects to the sign-in page, and error pages, by JSON for programs."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            if _is_sign_in_page(request):
                return _sign_in()
            response = await cast(Awaitable[HttpResponseBase], get_response(request))
            return _as_json(request, response)

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        if _is_sign_in_page(request):
            return _sign_in()
        return _as_json(request, cast(HttpResponseBase, get_response(request)))

    return handle


def wants_json(request: HttpRequest) -> bool:
    """Whether a request is a program's."""
    if request.path_info.startswith(PROGRAM_PATHS):
        return True
    if request.get_preferred_type([HTML, JSON]) == JSON:
        return True
    return request.content_type == JSON and HTML not in request.headers.get("accept", "")


def _is_sign_in_page(request: HttpRequest) -> bool:
    """allauth would give a program the fields of its form, with status 200."""
    is_read = request.method in ("GET", "HEAD")
    return is_read and request.path_info in SIGN_IN_PATHS and wants_json(request)


def _as_json(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if not wants_json(request):
        return response
    if _leads_to_sign_in(response):
        return _sign_in()
    if response.status_code < 400 or not isinstance(response, HttpResponse):
        return response
    if _is_json(response) and _says_why(response.content):
        return response
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    return _refusal(request, response.status_code, headers)


def _refusal(request: HttpRequest, status: int, headers: dict[str, str]) -> HttpResponse:
    """Why nothing else was answered, in the shape of the path."""
    detail = DETAILS.get(status, OTHER_DETAIL)
    if not request.path_info.startswith(REST_PATH):
        return JsonResponse({"detail": detail}, status=status, headers=headers)
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body["code"] = title.lower().replace(" ", "_")
    return JsonResponse(body, status=status, headers=headers, content_type=PROBLEM_JSON)


def _is_json(response: HttpResponse) -> bool:
    return response.get("Content-Type", "").startswith((JSON, PROBLEM_JSON))


def _says_why(content: bytes) -> bool:
    """Whether JSON has words of its own, as this project or as OpenAI's clients expect them."""
    return b'"detail"' in content or b'"error"' in content


def _leads_to_sign_in(response: HttpResponseBase) -> bool:
    if not 300 <= response.status_code < 400:
        return False
    return urlsplit(response.get("Location", "")).path.endswith(SIGN_IN_PATHS)


def _sign_in() -> JsonResponse:
    return JsonResponse({"detail": SIGN_IN}, status=401, headers={"WWW-Authenticate": "Bearer"})
