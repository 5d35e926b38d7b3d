"""Taking a question: who asks, about what, after which message; limits, rights and rows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from chat.core.errors import BadRequest, NoSuchRepository, NotSignedIn
from chat.core.pipeline import Model
from chat.core.request import ChatRequest, Turn
from chat.core.research_rounds import untagged
from chat.message_tree import ancestors
from chat.models import LEASE, Conversation, Message
from chat.services.quotas import Counted, midnight
from chat.token_usage import TOKENS
from repos import services as repositories
from repos.models import Repository
from repos.sources.errors import NotFound, SourceError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Person = AbstractBaseUser | AnonymousUser


ASK = (Path(__file__).parent / "insert_question.sql").read_text("utf-8").replace("{tokens}", TOKENS)
LOCK = 0x0A5C  # any number, the same everywhere


@dataclass(frozen=True)
class AcceptedQuestion:
    """A question that has its rows: ready to run, or (with `existing`) already asked."""

    repository: Repository
    history: tuple[Turn, ...]
    conversation_id: uuid.UUID | None = None
    answer_id: uuid.UUID | None = None
    run_id: uuid.UUID | None = None
    existing: bool = False


def accept_question(person: Person, request: ChatRequest, model: Model) -> AcceptedQuestion:
    """The rows of a question and of the answer to come, or those of the same question asked before.

    Raises the ChatError family.
    """
    before = _asked_before(person, request)
    if before is not None:
        return before
    if request.token and person.pk is None:
        raise NotSignedIn("token_needs_sign_in")
    try:
        known = _of_conversation(person, request) or _named_by_id(person, request)
        if known is not None:
            repositories.touch(
                known, person.pk, request.token if known.added_by_id == person.pk else ""
            )
        repository = known or repositories.find_or_add(
            person,
            request.repo_url,
            kind=request.type,
            token=request.token,
            revision=request.revision,
        )
    except NotFound as error:
        raise NoSuchRepository(text=str(error)) from error
    except SourceError as error:
        raise BadRequest(text=str(error)) from error
    if person.pk is None:
        return AcceptedQuestion(repository, request.messages[:-1])
    try:
        return _rows(person, request, model, repository)
    except IntegrityError:
        again = _asked_before(person, request)
        if again is None:
            raise
        return again


def _asked_before(person: Person, request: ChatRequest) -> AcceptedQuestion | None:
    if request.client_message_id is None or person.pk is None:
        return None
    question = Message.objects.filter(
        asked_by=person.pk, client_message_id=request.client_message_id
    ).first()
    if question is None:
        return None
    reply = question.children.first()
    return AcceptedQuestion(
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
    return (
        Repository.objects.readable_by(person)
        .select_related("current_index")
        .filter(pk__in=mine)
        .first()
    )


def _named_by_id(person: Person, request: ChatRequest) -> Repository | None:
    """The very row that a page is about: several may share an address."""
    if request.repository is None or request.conversation is not None:
        return None
    readable = Repository.objects.readable_by(person).select_related("current_index")
    found = readable.filter(pk=request.repository).first()
    if found is None:
        raise NoSuchRepository
    return found


def _rows(
    person: Any, request: ChatRequest, model: Model, repository: Repository
) -> AcceptedQuestion:
    """Store the question and the answer to come. Raises TooMany, NoSuchRepository, BadRequest."""
    if request.conversation is None:
        return _stored(
            person, request, model, repository, uuid.uuid4(), None, 1, request.messages[:-1]
        )
    with transaction.atomic():
        rows = Conversation.objects.of(person).select_for_update()
        conversation = rows.filter(pk=request.conversation, repository=repository).first()
        if conversation is None:
            raise NoSuchRepository("no_such_conversation")
        said = list(
            conversation.messages.only("id", "parent_id", "position", "role", "content").order_by(
                "position"
            )
        )
        parent, history = _place(said, request)
        position = (said[-1].position if said else 0) + 1
        Conversation.objects.filter(pk=conversation.pk).update(updated_at=timezone.now())
        return _stored(
            person, request, model, repository, conversation.pk, parent, position, history
        )


def _stored(
    person: Any,
    request: ChatRequest,
    model: Model,
    repository: Repository,
    conversation: uuid.UUID,
    parent: Message | None,
    position: int,
    history: tuple[Turn, ...],
) -> AcceptedQuestion:
    answer, run = uuid.uuid4(), uuid.uuid4()
    # Written out as one message to the database: made from objects, it took longer than finding the passages, and kept
    # the lock for as long.
    with connection.cursor() as cursor:
        cursor.execute(
            ASK,
            {
                "lock": LOCK,
                "person": person.pk,
                "lease": LEASE.total_seconds(),
                "free": model.free,
                "tokens": settings.TOKENS_PER_DAY,
                "midnight": midnight(),
                "most_running": settings.RUNS_PER_USER,
                "most_asked": settings.REQUESTS_PER_MINUTE,
                "conversation": conversation,
                "is_new": request.conversation is None,
                "repository": repository.pk,
                "title": " ".join(untagged(request.question).split())[:80] or "Question",
                "question": uuid.uuid4(),
                "position": position,
                "parent": parent.pk if parent is not None else None,
                "content": request.question,
                "client": request.client_message_id,
                "language": request.language,
                "answer": answer,
                "run": run,
                "provider": model.provider,
                "model": model.id,
            },
        )
        cursor.nextset()
        Counted(*cursor.fetchone()).check()
    return AcceptedQuestion(repository, history, conversation, answer, run)


def _place(said: list[Message], request: ChatRequest) -> tuple[Message | None, tuple[Turn, ...]]:
    """After which message the question comes, and what was said until there.

    The history is taken from the rows: a client cannot put words into an answer's mouth. Raises BadRequest.
    """
    by_id = {row.pk: row for row in said}
    parent: Message | None = said[-1] if said else None
    if request.edit is not None:
        edited = _named(by_id, request.edit)
        if edited.role == Message.Role.ASSISTANT:  # its question is meant
            edited = by_id[edited.parent_id] if edited.parent_id else edited
        parent = by_id.get(edited.parent_id) if edited.parent_id else None
    elif request.parent is not None:
        parent = _named(by_id, request.parent)
    path = ancestors(by_id, parent) if parent is not None else []
    turns = (
        Turn("assistant" if row.role == Message.Role.ASSISTANT else "user", row.content)
        for row in path
        if row.content
    )
    return parent, tuple(turns)[-settings.HISTORY_MESSAGES :]


def _named(by_id: dict[uuid.UUID, Message], wanted: uuid.UUID) -> Message:
    if wanted not in by_id:
        raise BadRequest("parent_not_in_conversation")
    return by_id[wanted]
