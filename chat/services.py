"""Asking, attaching, stopping: what every door does, whatever its transport."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Max
from django.utils import timezone

from chat import hints
from chat.catching_up import replay, stored_events
from chat.citing import IndexCitations
from chat.core.answer import AnswerLimits, Asker, Model, answer
from chat.core.errors import BadRequest, ChatError, Down, NoSuchRepository, NotSignedIn
from chat.core.events import Accepted, Delta, Event
from chat.core.request import ChatRequest, RequestLimits, Turn, decode, parse
from chat.core.research import untagged
from chat.limits import check, check_address
from chat.models import Conversation, Message
from chat.providers import Providers, load_models
from chat.providers.base import Timeouts
from chat.recorder import MessageRecorder
from chat.rendering import Blocks
from chat.retrieval import RepositoryRetriever
from chat.runs import NoRecord, Numbered, Run, Runs, keep
from chat.settled import CachedAnswers
from deepwiki import metrics
from deepwiki.threads import in_thread
from repos import services as repositories
from repos.models import Repository
from repos.search import Filters, parse_patterns
from repos.sources.errors import NotFound, SourceError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Person = AbstractBaseUser | AnonymousUser

runs = Runs()


@dataclass(frozen=True)
class Opened:
    """A question that has its rows: ready to run, or (with `existing`) already asked."""

    repository: Repository
    history: tuple[Turn, ...]
    conversation_id: uuid.UUID | None = None
    answer_id: uuid.UUID | None = None
    run_id: uuid.UUID | None = None
    existing: bool = False


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
    person: Person, request: ChatRequest, lasting: bool, still_here: Callable[[], None], address: str
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
    asker = Asker(request, opened.history, retriever, providers().adapter(model.provider), model, limits)
    run = Run(
        id=opened.run_id or uuid.uuid4(),
        ends_when_alone=not lasting,
        person_id=person.pk,
        address=address,
        renderer=Blocks(citing) if request.render == "html" else None,
        recorder=MessageRecorder(opened.answer_id, citing, with_events=lasting) if opened.answer_id else NoRecord(),
        meter=lambda: asker.usage,
    )
    events = answer(asker, CachedAnswers())
    accepted = Accepted(_text(opened.conversation_id), _text(opened.answer_id), _text(request.client_message_id))
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


async def attach(person: Person, run_id: uuid.UUID, after: int = 0) -> AsyncGenerator[Numbered | dict[str, Any]]:
    """Each later event of one's own run, once, in order: from memory here, from the database for other processes.

    From the database they come as the JSON they were stored as. Raises NoSuchRepository for anybody else's run.
    """
    run = runs.get(run_id)
    if run is not None:
        if run.person_id != person.pk or person.pk is None:
            raise NoSuchRepository("There is no such answer, or it is not yours.")
        async for item in run.attach(after):
            yield item
        return
    async for stored in stored_events(person, run_id, after):
        yield stored


async def stop(person: Person, run_id: uuid.UUID) -> None:
    """End one's own run; what there is of it stays."""
    run = runs.get(run_id)
    if run is None:
        asked = Message.objects.filter(run_id=run_id, conversation__user=person.pk, state=Message.State.RUNNING)
        if await in_thread(asked.update, stop_requested=True):
            await hints.stop(run_id)  # its process sees the row within a second or two, with or without the hint
    elif run.person_id == person.pk:
        run.stop()


def stop_here(run_id: uuid.UUID) -> None:
    """Stop a run of this process: its row says that its owner wants it."""
    run = runs.get(run_id)
    if run is not None:
        run.stop()


def _open(person: Person, request: ChatRequest, still_here: Callable[[], None]) -> tuple[Opened, Model]:
    """Choose the model, check limits and rights, make the rows. One thread, a few milliseconds."""
    still_here()
    providers().look_around()
    model = providers().choose(request.provider, request.model)
    return _opened(person, request, model), model


def _opened(person: Person, request: ChatRequest, model: Model) -> Opened:
    before = _asked_before(person, request)
    if before is not None:
        return before
    if request.token and person.pk is None:
        raise NotSignedIn("Sign in to use an access token.")
    try:
        known = _of_conversation(person, request)
        if known is not None:
            repositories.touch(known, person.pk, request.token if known.added_by_id == person.pk else "")
        repository = known or repositories.find_or_add(
            person, request.repo_url, kind=request.type, token=request.token, revision=request.revision
        )
    except NotFound as error:
        raise NoSuchRepository(str(error)) from error
    except SourceError as error:
        raise BadRequest(str(error)) from error
    if person.pk is None:
        return Opened(repository, request.messages[:-1])
    try:
        with transaction.atomic():
            check(person, model)
            return _rows(person, request, model, repository)
    except IntegrityError:
        again = _asked_before(person, request)
        if again is None:
            raise
        return again


def _asked_before(person: Person, request: ChatRequest) -> Opened | None:
    if request.client_message_id is None or person.pk is None:
        return None
    question = Message.objects.filter(asked_by=person.pk, client_message_id=request.client_message_id).first()
    if question is None:
        return None
    reply = Message.objects.filter(conversation=question.conversation_id, number=question.number + 1).first()
    return Opened(
        question.conversation.repository,
        (),
        question.conversation_id,
        reply.pk if reply else None,
        reply.run_id if reply else None,
        True,
    )


def _of_conversation(person: Person, request: ChatRequest) -> Repository | None:
    """The repository a conversation is about, as long as its owner may still read it."""
    if request.conversation is None or person.pk is None:
        return None
    mine = Conversation.objects.of(person).filter(pk=request.conversation).values("repository_id")
    return Repository.objects.readable_by(person).select_related("current_index").filter(pk__in=mine).first()


def _rows(person: Any, request: ChatRequest, model: Model, repository: Repository) -> Opened:
    if request.conversation is not None:
        conversation = (
            Conversation.objects.of(person)
            .select_for_update()
            .filter(pk=request.conversation, repository=repository)
            .first()
        )
        if conversation is None:
            raise NoSuchRepository("There is no such conversation, or it is not yours.")
        history = _history(conversation)
        number = (conversation.messages.aggregate(last=Max("number"))["last"] or 0) + 1
        Conversation.objects.filter(pk=conversation.pk).update(updated_at=timezone.now())
    else:
        title = " ".join(untagged(request.question).split())[:80] or "Question"
        conversation = Conversation.objects.create(user_id=person.pk, repository=repository, title=title)
        history, number = request.messages[:-1], 1
    question = Message(
        conversation=conversation, number=number, role=Message.Role.USER, content=request.question, language=request.language,
        asked_by_id=person.pk, client_message_id=request.client_message_id,
    )  # fmt: skip
    reply = Message(
        conversation=conversation, number=number + 1, role=Message.Role.ASSISTANT, state=Message.State.RUNNING,
        run_id=uuid.uuid4(), provider=model.provider, model=model.id, language=request.language, lease_at=timezone.now(),
    )  # fmt: skip
    Message.objects.bulk_create([question, reply])
    return Opened(repository, history, conversation.pk, reply.pk, reply.run_id)


def _history(conversation: Conversation) -> tuple[Turn, ...]:
    """What was really said, from the rows: a client cannot put words into an answer's mouth."""
    rows = conversation.messages.exclude(content="").order_by("number")
    return tuple(Turn("assistant" if row.role == Message.Role.ASSISTANT else "user", row.content) for row in rows)[
        -settings.HISTORY_MESSAGES :
    ]


def _refused(answer_id: uuid.UUID, error: ChatError) -> None:
    Message.objects.filter(pk=answer_id).update(
        state=Message.State.INTERRUPTED, error=error.message, finished_at=timezone.now()
    )


def _text(value: uuid.UUID | None) -> str | None:
    return str(value) if value else None
