"""`/v1/models`, `/v1/chat/completions` and `/v1/responses`.

https://platform.openai.com/docs/api-reference
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from chat import services
from chat.api.authorization import Credentials, watched
from chat.api.v1.answer_stream import Items, finished_text, streamed
from chat.api.v1.chat_format import ChatFormat
from chat.api.v1.completion_request import AskedCompletion, read_chat, read_response
from chat.api.v1.error_shapes import error_response
from chat.api.v1.model_names import names_of, parse_model_name
from chat.api.v1.program_views import READ, Prepare, program_view
from chat.api.v1.responses_format import ResponsesFormat
from chat.core.errors import NoSuchRepository, RequestTooLarge
from chat.core.events import Failed
from chat.core.request_json import decode
from chat.runs import Run
from chat.services.named_repositories import find_named_repository, model_name, readable_rows
from deepwiki.accounts import authentication
from deepwiki.accounts.models import TokenScope
from deepwiki.foundation.parsing import is_length_above
from repos.models import Repository

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

MAX_LISTED = 500  # repositories, those used last
Read = Callable[[Any, dict[str, Any]], AskedCompletion]
Format = ChatFormat | ResponsesFormat


def _models(person: Person, request: HttpRequest) -> list[dict[str, Any]]:
    rows = readable_rows(person).filter(current_index__isnull=False)
    found = rows.order_by("-used_at")[:MAX_LISTED]
    return [_entry(row, name) for row in found for name in names_of(model_name(row))]


def _model(person: Person, request: HttpRequest, name: str) -> dict[str, Any]:
    named = parse_model_name(name)
    if named is not None and named.repository:
        with contextlib.suppress(NoSuchRepository):
            return _entry(find_named_repository(person, named.repository), name)
    raise NoSuchRepository("no_such_model", model=name[:100])


def _entry(repository: Repository, name: str) -> dict[str, Any]:
    created = int(repository.created_at.timestamp())
    return {"id": name, "object": "model", "created": created, "owned_by": "deepwiki"}


def _nothing(person: Person, request: HttpRequest, path: str) -> None:
    raise NoSuchRepository("no_such_endpoint")


def _question(read: Read) -> Prepare:
    """Reads the body of a call as a question."""

    def prepare(person: Person, request: HttpRequest) -> AskedCompletion:
        if is_length_above(request.headers.get("content-length"), settings.MESSAGE_BYTES):
            raise RequestTooLarge
        return read(person, decode(request.body, services.request_limits()))

    return prepare


@program_view(*READ, scope=TokenScope.READ, prepare=_models)
async def models(request: HttpRequest, person: Person, listed: Any) -> HttpResponseBase:
    """`GET /v1/models`: the repositories that are indexed and that the person may read."""
    return JsonResponse({"object": "list", "data": listed})


@program_view(*READ, scope=TokenScope.READ, prepare=_model)
async def model(request: HttpRequest, person: Person, entry: Any) -> HttpResponseBase:
    """`GET /v1/models/<name>`."""
    return JsonResponse(entry)


@program_view("POST", scope=TokenScope.ASK, prepare=_question(read_chat))
async def chat_completions(
    request: HttpRequest, person: Person, asked: AskedCompletion
) -> HttpResponseBase:
    """`POST /v1/chat/completions`, streamed or not."""
    run, items = await _start(request, person, asked)
    return await _answer(asked, run, items, ChatFormat(run.id, asked.model, asked.with_usage))


@program_view("POST", scope=TokenScope.ASK, prepare=_question(read_response))
async def responses(
    request: HttpRequest, person: Person, asked: AskedCompletion
) -> HttpResponseBase:
    """`POST /v1/responses`, streamed or not; text alone, and nothing is kept."""
    run, items = await _start(request, person, asked)
    return await _answer(asked, run, items, ResponsesFormat(run.id, asked.model))


@program_view(*READ, "POST", "DELETE", scope=TokenScope.READ, prepare=_nothing)
async def unknown(request: HttpRequest, person: Person, nothing: None) -> HttpResponseBase:
    """Whatever else OpenAI's API has: `prepare` has told."""
    return JsonResponse({})


async def _start(request: HttpRequest, person: Person, asked: AskedCompletion) -> tuple[Run, Items]:
    """The run of an answer, which ends when its client leaves, and its events."""
    credentials = Credentials.of_request(request, person)
    address = authentication.client_address(request)
    run = await services.ask(person, asked.request, lasting=False, address=address)
    assert isinstance(run, Run)  # only a `client_message_id` finds a stored one
    return run, watched(run.attach(), partial(credentials.check_run, run.id))


async def _answer(asked: AskedCompletion, run: Run, items: Items, wire: Format) -> HttpResponseBase:
    if asked.is_streamed:
        return await streamed(run, items, wire)
    finished = await finished_text(run, items)
    if isinstance(finished, Failed):
        return error_response(finished)
    return JsonResponse(wire.whole(finished))
