"""Asking, attaching, stopping: what every door does, whatever its transport."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from chat.core.errors import ChatError, Down, NoSuchRepository, NotSignedIn
from chat.core.events import Accepted, Delta, Event
from chat.core.pipeline import AnswerContext, AnswerLimits, Model, answer
from chat.core.request import ChatRequest, RequestLimits, decode, parse
from chat.models import Message
from chat.providers import Providers, load_models
from chat.providers.base import Timeouts
from chat.rendering import Blocks
from chat.rendering.citation_links import IndexCitations
from chat.runs import NoRecord, Numbered, Run, RunManager, keep, pubsub
from chat.runs.recorder import MessageRecorder
from chat.runs.replay import replay, stored_events
from chat.services.cached_answers import DjangoAnswerCache
from chat.services.intake import AcceptedQuestion, accept_question
from chat.services.quotas import check_address
from chat.services.retrieval import RepositoryRetriever
from deepwiki.foundation import metrics
from deepwiki.foundation.threads import in_thread
from repos.search import Filters, parse_patterns

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Person = AbstractBaseUser | AnonymousUser

runs = RunManager()


@lru_cache(maxsize=1)
def providers() -> Providers:
    """The providers of this process, from the settings."""
    return Providers(
        load_models(settings.MODELS_FILE),
        settings.PROVIDER_ENVIRONMENT,
        settings.PROVIDER,
        Timeouts(settings.FIRST_TOKEN_SECONDS, settings.TOKEN_IDLE_SECONDS),
        settings.OLLAMA_DISCOVERY,
        settings.PUBLIC_URL,
    )


def request_limits() -> RequestLimits:
    """How large a request may be, from the settings."""
    return RequestLimits(settings.MESSAGE_BYTES, settings.CONTENT_CHARS, settings.HISTORY_MESSAGES)


def read_request(data: str | bytes) -> ChatRequest:
    """A frame or body as a request. Raises BadRequest, TooLarge."""
    limits = request_limits()
    return parse(decode(data, limits), limits)


async def ask(
    person: Person,
    request: ChatRequest,
    *,
    lasting: bool,
    still_here: Callable[[], None] = lambda: None,
    address: str = "",
) -> Run:
    """Store the question and start its answer; or give the run of the same question asked before.

    A `lasting` run goes on when nobody reads it: its conversation will show it. `still_here` is called first, where
    the database may be asked, and raises when the person may no longer ask. `address` is where a stranger comes from.
    Raises the ChatError family before
    anything was sent anywhere.
    """
    # Whoever asked may be gone before the rows are made: the answer is begun all the same, and kept.
    with translated():
        return await asyncio.shield(keep(_ask(person, request, lasting, still_here, address)))


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """What the database raises while it is away, as an error people are told."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Down(retry_after=30) from error


async def _ask(
    person: Person,
    request: ChatRequest,
    lasting: bool,
    still_here: Callable[[], None],
    address: str,
) -> Run:
    if not person.is_authenticated and not settings.ALLOW_ANONYMOUS:
        raise NotSignedIn
    if person.pk is None:
        await in_thread(check_address, address, sum(run.address == address for run in runs.running))
    opened, model = await in_thread(_open, person, request, still_here)
    if opened.existing and opened.run_id is not None:
        return runs.get(opened.run_id) or await replay(opened.run_id, person)
    citing = IndexCitations()
    filters = Filters(**{name: parse_patterns(text) for name, text in request.filters.items()})
    retriever = RepositoryRetriever(
        opened.repository.pk, person.pk, filters, request.file_path, citing, opened.repository
    )
    limits = AnswerLimits(settings.ANSWER_CHARS, settings.ANSWER_SECONDS)
    context = AnswerContext(
        request, opened.history, retriever, providers().adapter(model.provider), model, limits
    )
    run = Run(
        id=opened.run_id or uuid.uuid4(),
        ends_when_alone=not lasting,
        person_id=person.pk,
        address=address,
        renderer=Blocks(citing) if request.render == "html" else None,
        recorder=MessageRecorder(opened.answer_id, citing, with_events=lasting)
        if opened.answer_id
        else NoRecord(),
        meter=lambda: context.meter.usage,
    )
    events = answer(context, DjangoAnswerCache())
    accepted = Accepted(
        _text(opened.conversation_id), _text(opened.answer_id), _text(request.client_message_id)
    )
    try:
        return runs.start(run, _measured(model.provider, events), accepted)
    except ChatError as error:
        if opened.answer_id:
            await in_thread(_refused, opened.answer_id, error)
        raise


async def _measured(provider: str, events: AsyncGenerator[Event]) -> AsyncGenerator[Event]:
    """The events, with what they tell counted."""
    began, waiting = time.perf_counter(), True
    metrics.running_answers.inc()
    state = "stopped"
    try:
        async with contextlib.aclosing(events):
            async for event in events:
                if waiting and isinstance(event, Delta):
                    waiting = False
                    metrics.first_token.labels(provider).observe(time.perf_counter() - began)
                yield event
        state = "complete"
    except ChatError as error:
        state = "partial"
        metrics.errors.labels(error.code).inc()
        raise
    finally:
        metrics.running_answers.dec()
        metrics.answers.labels(provider, state).inc()


async def attach(
    person: Person, run_id: uuid.UUID, after: int = 0
) -> AsyncGenerator[Numbered | dict[str, Any]]:
    """Each later event of one's own run, once, in order: from memory here, from the database for other processes.

    From the database they come as the JSON they were stored as. Raises NoSuchRepository for anybody else's run.
    """
    run = runs.get(run_id)
    if run is not None:
        if run.person_id != person.pk or person.pk is None:
            raise NoSuchRepository("no_such_answer")
        async for item in run.attach(after):
            yield item
        return
    async for stored in stored_events(person, run_id, after):
        yield stored


async def stop(person: Person, run_id: uuid.UUID) -> None:
    """End one's own run; what there is of it stays."""
    run = runs.get(run_id)
    if run is None:
        asked = Message.objects.filter(
            run_id=run_id, conversation__user=person.pk, state=Message.State.RUNNING
        )
        if await in_thread(asked.update, stop_requested=True):
            await pubsub.publish_stop(
                run_id
            )  # its process sees the row within a second or two, with or without the hint
    elif run.person_id == person.pk:
        run.stop()


def stop_here(run_id: uuid.UUID) -> None:
    """Stop a run of this process: its row says that its owner wants it."""
    run = runs.get(run_id)
    if run is not None:
        run.stop()


def _open(
    person: Person, request: ChatRequest, still_here: Callable[[], None]
) -> tuple[AcceptedQuestion, Model]:
    """Choose the model, check limits and rights, make the rows. One thread, a few milliseconds."""
    still_here()
    providers().refresh_discovered_models()
    model = providers().choose(request.provider, request.model)
    return accept_question(person, request, model), model


def _refused(answer_id: uuid.UUID, error: ChatError) -> None:
    Message.objects.filter(pk=answer_id).update(
        state=Message.State.INTERRUPTED, error=error.message, finished_at=timezone.now()
    )


def _text(value: uuid.UUID | None) -> str | None:
    return str(value) if value else None
