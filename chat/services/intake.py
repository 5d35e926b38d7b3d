"""Accepting a question: its repository, its place in the conversation, limits and rows.

accept_question -> asked before? -> repository -> parent and history -> insert_question.sql
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from chat.core.errors import BadRequest, NoSuchRepository, NotSignedIn, TooMany
from chat.core.ports import Model
from chat.core.request import ChatRequest, Turn
from chat.core.research_rounds import untagged
from chat.message_tree import ancestors
from chat.models import Conversation, Message
from chat.services.continued_conversations import with_conversation
from chat.services.quotas import QuestionCounts, limit_parameters
from chat.token_usage import TOKENS
from deepwiki.foundation.sql import read_sql
from repos import services as repositories
from repos.models import Repository, RepositoryQuerySet
from repos.sources.errors import NotFound, SourceError, TooManyAdded

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

MessagesById = dict[uuid.UUID, Message]

MAX_TITLE_CHARS = 80
INSERT_QUESTION = read_sql(__file__, "insert_question.sql").replace("{tokens}", TOKENS)


@dataclass(frozen=True)
class AcceptedQuestion:
    """A question with its rows: ready to run, or (`existing`) accepted before.

    The ids are None for a person without an account, whose question leaves no rows.
    """

    repository: Repository
    history: tuple[Turn, ...] = ()
    conversation_id: uuid.UUID | None = None
    answer_id: uuid.UUID | None = None
    run_id: uuid.UUID | None = None
    existing: bool = False


@dataclass(frozen=True)
class _Place:
    """Where a question stands: its conversation, the message before it, its position."""

    conversation_id: uuid.UUID
    is_new: bool
    history: tuple[Turn, ...]
    parent_id: uuid.UUID | None = None
    position: int = 1


def accept_question(
    person: Person, request: ChatRequest, model: Model, client_address: str = ""
) -> AcceptedQuestion:
    """Store a question and the answer to come, or find those of the same question.

    Raises the ChatError family.
    """
    existing = _accepted_before(person, request)
    if existing is not None:
        return existing
    if request.token and person.pk is None:
        raise NotSignedIn("token_needs_sign_in")
    repository = _repository(person, request, client_address)
    if person.pk is None:
        return AcceptedQuestion(repository, request.messages[:-1])
    try:
        return _store(person, request, model, repository)
    except IntegrityError:
        # The same question came twice at once: the other one has stored it.
        existing = _accepted_before(person, request)
        if existing is None:
            raise
        return existing


def _accepted_before(person: Person, request: ChatRequest) -> AcceptedQuestion | None:
    """The question with the same `client_message_id` of the same person."""
    if request.client_message_id is None or person.pk is None:
        return None
    question = Message.objects.filter(
        asked_by=person.pk, client_message_id=request.client_message_id
    ).first()
    if question is None:
        return None
    return _existing(question)


def _existing(question: Message) -> AcceptedQuestion:
    answer = question.children.first()
    accepted = AcceptedQuestion(
        repository=question.conversation.repository,
        conversation_id=question.conversation_id,
        existing=True,
    )
    if answer is None:
        return accepted
    return replace(accepted, answer_id=answer.pk, run_id=answer.run_id)


def _repository(person: Person, request: ChatRequest, client_address: str) -> Repository:
    """The repository of the conversation, of the page, or of the address in the request.

    Raises NoSuchRepository, BadRequest, TooMany.
    """
    try:
        repository = _conversation_repository(person, request)
        if repository is None:
            repository = _page_repository(person, request)
        if repository is None:
            return repositories.find_or_add(
                person,
                request.repo_url,
                kind=request.type,
                token=request.token,
                revision=request.revision,
                client_address=client_address,
            )
        _touch(person, request, repository)
    except NotFound as error:
        raise NoSuchRepository(text=str(error)) from error
    except TooManyAdded as error:
        raise _too_many(error) from error
    except SourceError as error:
        raise BadRequest(text=str(error)) from error
    return repository


def _too_many(error: TooManyAdded) -> TooMany:
    """The same in the words of the chat, whose catalogue has the code, too."""
    return TooMany(
        error.code, retry_after=error.retry_after, limit=error.limit, minutes=error.minutes
    )


def _touch(person: Person, request: ChatRequest, repository: Repository) -> None:
    """Note the use of a repository; only its owner's token is stored."""
    token = ""
    if repository.added_by_id == person.pk:
        token = request.token
    repositories.touch(repository, person.pk, token)


def _conversation_repository(person: Person, request: ChatRequest) -> Repository | None:
    """The repository of one's own conversation, as long as one may read it."""
    if request.conversation is None or person.pk is None:
        return None
    own = Conversation.objects.of(person).filter(pk=request.conversation)
    return _readable(person).filter(pk__in=own.values("repository_id")).first()


def _page_repository(person: Person, request: ChatRequest) -> Repository | None:
    """The row that the page is about: several rows may share an address."""
    if request.repository is None or request.conversation is not None:
        return None
    repository = _readable(person).filter(pk=request.repository).first()
    if repository is None:
        raise NoSuchRepository
    return repository


def _readable(person: Person) -> RepositoryQuerySet:
    return Repository.objects.readable_by(person).select_related("current_index")


def _store(
    person: Person, request: ChatRequest, model: Model, repository: Repository
) -> AcceptedQuestion:
    """Store the question and the answer to come.

    Raises TooMany, NoSuchRepository, BadRequest.
    """
    request = with_conversation(person, request, repository)
    if request.conversation is None:
        place = _Place(uuid.uuid4(), is_new=True, history=request.messages[:-1])
        return _insert(person, request, model, repository, place)
    with transaction.atomic():
        place = _place_in_conversation(person, request, repository, request.conversation)
        return _insert(person, request, model, repository, place)


def _place_in_conversation(
    person: Person, request: ChatRequest, repository: Repository, conversation_id: uuid.UUID
) -> _Place:
    """Where the question follows in its conversation, whose row is locked."""
    own = Conversation.objects.of(person).select_for_update()
    conversation = own.filter(pk=conversation_id, repository=repository).first()
    if conversation is None:
        raise NoSuchRepository("no_such_conversation")
    columns = ("id", "parent_id", "position", "role", "content")
    messages = list(conversation.messages.only(*columns).order_by("position"))
    parent, history = _parent_and_history(messages, request)
    Conversation.objects.filter(pk=conversation.pk).update(updated_at=timezone.now())
    return _Place(
        conversation_id=conversation.pk,
        is_new=False,
        history=history,
        parent_id=parent.pk if parent is not None else None,
        position=_next_position(messages),
    )


def _next_position(messages: list[Message]) -> int:
    if not messages:
        return 1
    return messages[-1].position + 1


def _parent_and_history(
    messages: list[Message], request: ChatRequest
) -> tuple[Message | None, tuple[Turn, ...]]:
    """The message that the question follows, and the turns up to it.

    The history is taken from the rows: a client cannot put words into an answer. Raises
    BadRequest.
    """
    by_id = {message.pk: message for message in messages}
    parent = _parent(by_id, request)
    if parent is None:
        return None, ()
    turns = tuple(_turn(message) for message in ancestors(by_id, parent) if message.content)
    return parent, turns[-settings.HISTORY_MESSAGES :]


def _parent(by_id: MessagesById, request: ChatRequest) -> Message | None:
    if request.edit is not None:
        return _parent_of_edited(by_id, _message(by_id, request.edit))
    if request.parent is not None:
        return _message(by_id, request.parent)
    return next(reversed(by_id.values()), None)


def _parent_of_edited(by_id: MessagesById, edited: Message) -> Message | None:
    if edited.role == Message.Role.ASSISTANT and edited.parent_id:
        edited = by_id[edited.parent_id]  # an answer stands for its question
    if not edited.parent_id:
        return None
    return by_id.get(edited.parent_id)


def _message(by_id: MessagesById, message_id: uuid.UUID) -> Message:
    if message_id not in by_id:
        raise BadRequest("parent_not_in_conversation")
    return by_id[message_id]


def _turn(message: Message) -> Turn:
    is_answer = message.role == Message.Role.ASSISTANT
    return Turn("assistant" if is_answer else "user", message.content)


def _insert(
    person: Person, request: ChatRequest, model: Model, repository: Repository, place: _Place
) -> AcceptedQuestion:
    """Check the person's limits and insert the rows, in one message to the database.

    Inserting through model objects took longer than the search and held the person's lock
    for as long. Raises TooMany.
    """
    answer_id, run_id = uuid.uuid4(), uuid.uuid4()
    parameters = {
        **limit_parameters(person, model),
        "conversation": place.conversation_id,
        "is_new": place.is_new,
        "repository": repository.pk,
        "title": _title(request.question),
        "question": uuid.uuid4(),
        "position": place.position,
        "parent": place.parent_id,
        "content": request.question,
        "client": request.client_message_id,
        "language": request.language,
        "answer": answer_id,
        "run": run_id,
        "provider": model.provider,
        "model": model.id,
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT_QUESTION, parameters)
        cursor.nextset()
        QuestionCounts(*cursor.fetchone()).check()
    return AcceptedQuestion(repository, place.history, place.conversation_id, answer_id, run_id)


def _title(question: str) -> str:
    return " ".join(untagged(question).split())[:MAX_TITLE_CHARS] or "Question"
