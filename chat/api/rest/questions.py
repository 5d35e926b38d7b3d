"""Asking: the whole answer as JSON, or its events while it is written."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from ninja import Field, Router, Schema
from pydantic import Strict

from chat import services
from chat.api.authorization import Credentials, watched
from chat.api.rest.conversations import own_conversation
from chat.api.rest.deferred import DeferredResponse
from chat.api.rest.description import ANSWERED, JSON
from chat.api.rest.identity import ASK, person_of
from chat.api.rest.lookups import readable_repository
from chat.api.rest.problems import no_such, of_failure
from chat.api.rest.texts import RequestBody, Short, Text
from chat.api.streams import EVENT_STREAM_TYPE, event_response
from chat.core.events import Failed
from chat.core.request import MAX_REPOSITORIES, ChatRequest, parse
from chat.models import Message
from chat.runs import Run
from chat.runs.replay import StoredRun
from chat.services.answer_result import citations_of, commit_of, sources_of
from deepwiki.accounts import authentication
from deepwiki.foundation.threads import in_thread

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

router = Router(tags=["questions"])
Id = Annotated[uuid.UUID, Strict(strict=False)]  # a text in a body


class NewQuestion(RequestBody):
    """A question, and how it is to be answered. What is left out is chosen by the server."""

    question: str = Field(min_length=1, description="At most 400,000 characters.")
    mode: Literal["auto", "quick", "agent", "research"] = Field(
        "quick", description="How much is looked up; research takes minutes."
    )
    language: Short = Field("", description="Of the answer: en, ja, zh … English without it.")
    provider: Short = ""
    model: Short = ""
    file_path: Text = Field("", description="A file whose text joins the prompt.")
    included_files: Text = Field("", description="Globs, apart by commas.")
    excluded_files: Text = ""
    repositories: list[Id] | None = Field(
        None, max_length=MAX_REPOSITORIES, description="Others that the question is about as well."
    )
    client_message_id: Id | None = Field(
        None, description="An id that you make: what is sent twice with one is asked once."
    )


class FurtherQuestion(NewQuestion):
    """A question that follows in a conversation."""

    parent: Id | None = Field(
        None, description="The message that it follows; without it, the newest one."
    )


class Answer(Schema):
    """An answer. `id` is that of its message; a stranger's question is not stored and has none."""

    id: uuid.UUID | None = None
    conversation: uuid.UUID | None = None
    state: str = Field(description="complete, stopped, partial or interrupted")
    content: str
    commit: str = Field(description="The one that was searched; empty where nothing was.")
    sources: list[dict[str, Any]]
    citations: list[dict[str, Any]]

    @staticmethod
    def resolve_conversation(answer: Any) -> uuid.UUID | None:
        return getattr(answer, "conversation_id", None)


@dataclass(frozen=True)
class AskedQuestion:
    """A question that has been read and not been started."""

    http_request: HttpRequest
    request: ChatRequest

    @property
    def person(self) -> Person:
        return person_of(self.http_request)

    @property
    def wants_events(self) -> bool:
        preferred = self.http_request.get_preferred_type([JSON, EVENT_STREAM_TYPE])
        return preferred == EVENT_STREAM_TYPE


@router.post(
    "/repositories/{repository_id}/questions", response=Answer, auth=ASK, openapi_extra=ANSWERED
)
def ask_question(
    request: HttpRequest, repository_id: uuid.UUID, question: NewQuestion
) -> HttpResponseBase:
    """Ask about a repository, in a new conversation. With `Accept: text/event-stream`: events."""
    repository = readable_repository(request, repository_id)
    place = {"repo_url": repository.url, "repository": str(repository.pk)}
    return _deferred(request, question, place)


@router.post(
    "/conversations/{conversation_id}/questions", response=Answer, auth=ASK, openapi_extra=ANSWERED
)
def ask_further_question(
    request: HttpRequest, conversation_id: uuid.UUID, question: FurtherQuestion
) -> HttpResponseBase:
    """Ask on in a conversation of yours. With `Accept: text/event-stream`: events."""
    conversation = own_conversation(request, conversation_id)
    repository = readable_repository(request, conversation.repository_id)
    place = {"repo_url": repository.url, "conversation": str(conversation.pk)}
    return _deferred(request, question, place)


def _deferred(
    request: HttpRequest, question: NewQuestion, place: dict[str, str]
) -> DeferredResponse:
    """Raises BadRequest, RequestTooLarge."""
    sent = question.model_dump(mode="json", exclude_none=True, exclude={"question", "file_path"})
    turn = {"role": "user", "content": question.question}
    fields = {**sent, **place, "messages": [turn], "filePath": question.file_path}
    asked = AskedQuestion(request, parse(fields, services.request_limits()))
    return DeferredResponse(partial(_answer, asked))


async def _answer(asked: AskedQuestion) -> HttpResponseBase:
    """The response. The answer ends when its client leaves, but for one whose events are read.

    Raises the ChatError family.
    """
    run = await services.ask(
        asked.person,
        asked.request,
        lasting=asked.wants_events,
        address=authentication.client_address(asked.http_request),
    )
    credentials = Credentials.of_request(asked.http_request, asked.person)
    items = watched(run.attach(), partial(credentials.check_run, run.id))
    if asked.wants_events:
        return event_response(items)
    async with contextlib.aclosing(items):
        async for item in items:
            if item is not None and isinstance(item.event, Failed):
                return of_failure(item.event)
    return await in_thread(_whole, asked.person, run)


def _whole(person: Person, run: Run | StoredRun) -> HttpResponseBase:
    """The answer as it is stored, or as it stands in memory where it is not."""
    if person.pk is None:
        assert isinstance(run, Run)
        return _response(_unstored(run))
    stored = Message.objects.answers_of(person).filter(run_id=run.id).first()
    if stored is None:
        raise no_such()  # deleted meanwhile
    return _response(stored)


def _unstored(run: Run) -> dict[str, Any]:
    return {
        "state": run.state or "partial",
        "content": run.text,
        "commit": commit_of(run),
        "sources": sources_of(run),
        "citations": [cited.as_json() for cited in citations_of(run)],
    }


def _response(answer: Any) -> HttpResponseBase:
    return JsonResponse(Answer.from_orm(answer).model_dump(mode="json"))
