"""Asking, attaching, stopping: what every endpoint does, whatever its transport."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from chat.core.completion import AnswerContext
from chat.core.errors import ChatError, Internal, NoSuchRepository, NotSignedIn
from chat.core.events import Accepted, Numbered
from chat.core.pipeline import answer
from chat.core.ports import Model
from chat.core.request import ChatRequest
from chat.core.usage_meter import UsageMeter
from chat.database_errors import database_errors_as_down
from chat.models import Message
from chat.rendering import LiveBlocks
from chat.runs import NoRecord, Recorder, Run, keep, pubsub
from chat.runs.recorder import AnonymousRecorder, MessageRecorder
from chat.runs.replay import StoredRun
from chat.services.agent_tools import RetrieverTools
from chat.services.answer_metrics import measured
from chat.services.attachments import read_attachments
from chat.services.cached_answers import DjangoAnswerCache
from chat.services.configuration import (
    agent_limits,
    answer_limits,
    providers,
    refreshed_providers,
)
from chat.services.intake import AcceptedQuestion, accept_question
from chat.services.pasted_file import with_pasted_file
from chat.services.permissions import check_may_follow
from chat.services.quotas import check_filters, release_anonymous_run, reserve_anonymous_run
from chat.services.retrieval import RepositoryRetriever
from chat.services.running import runs
from chat.services.titles import title_when_done
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.threads import in_thread
from repos.search import parse_filters

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

Authorize = Callable[[], None]


logger = logging.getLogger(__name__)


async def ask(
    person: Person,
    request: ChatRequest,
    *,
    lasting: bool,
    authorize: Authorize = lambda: None,
    address: str = "",
    lets_strangers_in: bool = False,
) -> Run | StoredRun:
    """Store the question and start its answer, or find the run of the same question.

    A `lasting` run goes on without readers: its conversation will show it. `authorize` is
    called first, in a thread that may use the database; it raises if the person may no
    longer ask. `address` is the network address of a person without an account, or what else
    their questions are counted by; an endpoint with rules of its own `lets_strangers_in`.

    Raises the ChatError family, before anything is sent anywhere.
    """
    check_filters(request)
    # The client may disconnect before the rows are stored: the answer is started anyway.
    with database_errors_as_down():
        _check_may_ask(person, lets_strangers_in=lets_strangers_in)
        start = partial(_start_answer, person, request, authorize, address=address, lasting=lasting)
        starting = keep(_in_place(start))
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            starting.add_done_callback(_stop_if_alone)
            raise


def _stop_if_alone(starting: asyncio.Task[Run | StoredRun]) -> None:
    """The client left before its answer began: nobody will ever attach."""
    if not starting.cancelled() and starting.exception() is None:
        starting.result().stop_if_alone()


async def attach(person: Person, run_id: uuid.UUID, after: int = 0) -> AsyncGenerator[Numbered]:
    """Each event above `after` of one's own run, once, in order.

    From memory for runs of this process, else from the database. Raises NoSuchRepository
    for anybody else's run, and where the person may not read its repository any more.
    """
    await in_thread(check_may_follow, person, run_id)
    run = runs.get(run_id)
    if run is None:
        items = StoredRun(run_id, person).attach(after)
    elif run.person_id == person.pk and person.pk is not None:
        items = run.attach(after)
    else:
        raise NoSuchRepository("no_such_answer")
    async with contextlib.aclosing(items):
        async for item in items:
            yield item


async def stop(person: Person, run_id: uuid.UUID) -> None:
    """Stop one's own run; its text so far stays. Nothing happens for anybody else's."""
    run = runs.get(run_id)
    if run is not None:
        if run.person_id == person.pk:
            run.stop()
        return
    row = Message.objects.filter(
        run_id=run_id, conversation__user=person.pk, state=Message.State.RUNNING
    )
    if await in_thread(row.update, stop_requested=True):
        # Its process reads the row every second or two; the notification is quicker.
        await pubsub.publish_stop(run_id)


def stop_here(run_id: uuid.UUID) -> None:
    """Stop a run of this process whose row says that its owner asked for it."""
    run = runs.get(run_id)
    if run is not None:
        run.stop()


async def _in_place(start: Callable[[], Awaitable[Run | StoredRun]]) -> Run | StoredRun:
    """Start an answer in one of the places of this process. Raises TooMany without a free one."""
    with runs.place(settings.RUNS_PER_PROCESS):
        return await start()


async def _start_answer(
    person: Person,
    request: ChatRequest,
    authorize: Authorize,
    *,
    address: str,
    lasting: bool,
) -> Run | StoredRun:
    accepted, model = await in_thread(_accept, person, request, authorize, address)
    if accepted.existing and accepted.run_id is not None:
        return runs.get(accepted.run_id) or StoredRun(accepted.run_id, person)
    try:
        asked = with_pasted_file(request, accepted.repository)
        retriever = _retriever(person, asked, accepted, model)
        context = _answer_context(asked, accepted, model, retriever)
        if accepted.attachment_ids:
            files = await in_thread(read_attachments, person, accepted.attachment_ids, model)
            context = replace(context, attachments=files)
        run = Run(
            id=accepted.run_id or uuid.uuid4(),
            ends_when_alone=not lasting,
            person_id=person.pk,
            repository_ids=tuple(one.pk for one in (accepted.repository, *accepted.others)),
            renderer=_renderer(request),
            recorder=_recorder(accepted, model.provider, lasting=lasting),
            meter=context.meter,
        )
        events = retriever.releasing(answer(context, DjangoAnswerCache()))
        events = measured(model.provider, context.meter, events)
        started = runs.start(run, events, _first_event(accepted, request))
        title_when_done(started, accepted, request, model)
        return started
    except Exception as error:
        refusal = _as_chat_error(error)
        await in_thread(_mark_refused, accepted, refusal)
        raise refusal from error


def _check_may_ask(person: Person, *, lets_strangers_in: bool) -> None:
    """Raises NotSignedIn."""
    if not (person.is_authenticated or settings.ALLOW_ANONYMOUS or lets_strangers_in):
        raise NotSignedIn


def _as_chat_error(error: Exception) -> ChatError:
    if isinstance(error, ChatError):
        return error
    return Internal(log_incident(logger, "an answer could not be started"))


def _accept(
    person: Person, request: ChatRequest, authorize: Authorize, address: str
) -> tuple[AcceptedQuestion, Model]:
    """Choose the model, check limits and rights, store the rows: a few milliseconds."""
    authorize()
    if person.pk is None:
        return _accept_anonymous(person, request, address)
    model = refreshed_providers().choose(request.provider, request.model)
    return accept_question(person, request, model), model


def _accept_anonymous(
    person: Person, request: ChatRequest, address: str
) -> tuple[AcceptedQuestion, Model]:
    """As `_accept`; the limits come first, so that a refused question costs nothing."""
    run_id = reserve_anonymous_run(address)
    try:
        model = refreshed_providers().choose(request.provider, request.model)
        accepted = accept_question(person, request, model, address)
    except Exception:
        release_anonymous_run(run_id)
        raise
    return replace(accepted, run_id=run_id), model


def _renderer(request: ChatRequest) -> LiveBlocks | None:
    if request.render == "html":
        return LiveBlocks()
    return None


def _retriever(
    person: Person, request: ChatRequest, accepted: AcceptedQuestion, model: Model
) -> RepositoryRetriever:
    return RepositoryRetriever(
        repository_id=accepted.repository.pk,
        person_id=person.pk,
        filters=parse_filters(request.filters),
        file=request.file_path,
        loaded=accepted.repository,
        others=accepted.others,
        names_first=not providers().adapter(model.provider).is_generative,
    )


def _answer_context(
    request: ChatRequest, accepted: AcceptedQuestion, model: Model, retriever: RepositoryRetriever
) -> AnswerContext:
    return AnswerContext(
        request=request,
        history=accepted.history,
        retriever=retriever,
        provider=providers().adapter(model.provider),
        model=model,
        limits=answer_limits(),
        meter=UsageMeter(),
        tools=RetrieverTools(retriever),
        agent_limits=agent_limits(),
    )


def _recorder(accepted: AcceptedQuestion, provider: str, *, lasting: bool) -> Recorder:
    if accepted.answer_id is None:
        return AnonymousRecorder(accepted.run_id) if accepted.run_id else NoRecord()
    return MessageRecorder(accepted.answer_id, with_events=lasting, provider=provider)


def _first_event(accepted: AcceptedQuestion, request: ChatRequest) -> Accepted:
    return Accepted(
        _text(accepted.conversation_id),
        _text(accepted.answer_id),
        _text(request.client_message_id),
    )


def _mark_refused(accepted: AcceptedQuestion, error: ChatError) -> None:
    """Say of an answer that did not begin why, and let its slot go."""
    if accepted.answer_id is None:
        if accepted.run_id is not None:
            release_anonymous_run(accepted.run_id)
        return
    Message.objects.filter(pk=accepted.answer_id).update(
        state=Message.State.INTERRUPTED,
        error=error.message,
        error_reason=error.reason,
        error_parameters=error.parameters,
        finished_at=timezone.now(),
    )


def _text(value: uuid.UUID | None) -> str | None:
    if value is None:
        return None
    return str(value)
