"""`/v1/models`, `/v1/chat/completions` and `/v1/responses`.

https://platform.openai.com/docs/api-reference
"""

from __future__ import annotations

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
from chat.api.v1.program_views import READ, program_view
from chat.api.v1.responses_format import ResponsesFormat
from chat.core.errors import NoSuchRepository, RequestTooLarge
from chat.core.events import Failed
from chat.core.request_json import decode
from chat.runs import Run
from chat.services.named_repositories import find_named_repository, model_name, readable_rows
from deepwiki.accounts import authentication
from deepwiki.foundation.parsing import is_length_above
from deepwiki.foundation.threads import in_thread
from repos.models import Repository

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

MAX_LISTED = 500  # repositories, those used last
Read = Callable[[Any, dict[str, Any]], AskedCompletion]
Format = ChatFormat | ResponsesFormat


@program_view(*READ)
async def models(request: HttpRequest, person: Person) -> HttpResponseBase:
    """`GET /v1/models`: the repositories that are indexed and that the person may read."""
    return JsonResponse({"object": "list", "data": await in_thread(_listed, person)})


@program_view(*READ)
async def model(request: HttpRequest, person: Person, name: str) -> HttpResponseBase:
    """`GET /v1/models/<name>`."""
    named = parse_model_name(name)
    if named is None or not named.repository:
        raise NoSuchRepository("no_such_model", model=name[:100])
    try:
        repository = await in_thread(find_named_repository, person, named.repository)
    except NoSuchRepository:
        raise NoSuchRepository("no_such_model", model=name[:100]) from None
    return JsonResponse(_entry(repository, name))


@program_view("POST")
async def chat_completions(request: HttpRequest, person: Person) -> HttpResponseBase:
    """`POST /v1/chat/completions`, streamed or not."""
    asked = await _read(request, person, read_chat)
    run, items = await _start(request, person, asked)
    return await _answer(asked, run, items, ChatFormat(run.id, asked.model, asked.with_usage))


@program_view("POST")
async def responses(request: HttpRequest, person: Person) -> HttpResponseBase:
    """`POST /v1/responses`, streamed or not; text alone, and nothing is kept."""
    asked = await _read(request, person, read_response)
    run, items = await _start(request, person, asked)
    return await _answer(asked, run, items, ResponsesFormat(run.id, asked.model))


@program_view(*READ, "POST", "DELETE")
async def unknown(request: HttpRequest, person: Person, path: str) -> HttpResponseBase:
    """Whatever else OpenAI's API has."""
    raise NoSuchRepository("no_such_endpoint")


async def _read(request: HttpRequest, person: Person, read: Read) -> AskedCompletion:
    if is_length_above(request.headers.get("content-length"), settings.MESSAGE_BYTES):
        raise RequestTooLarge
    body = decode(request.body, services.request_limits())
    return await in_thread(read, person, body)


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


def _listed(person: Person) -> list[dict[str, Any]]:
    rows = readable_rows(person).filter(current_index__isnull=False)
    found = rows.order_by("-used_at")[:MAX_LISTED]
    return [_entry(row, name) for row in found for name in names_of(model_name(row))]


def _entry(repository: Repository, name: str) -> dict[str, Any]:
    created = int(repository.created_at.timestamp())
    return {"id": name, "object": "model", "created": created, "owned_by": "deepwiki"}
