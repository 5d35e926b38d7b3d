"""Accepting a question: its repository, its place in the conversation, limits and rows.

accept_question -> asked before? -> repository -> parent and history -> insert_question.sql
"""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction

from chat.core.errors import BadRequest, NoSuchRepository, NotSignedIn, TooMany
from chat.core.ports import Model
from chat.core.request import ChatRequest, Turn
from chat.core.titles import title_from_words
from chat.models import Conversation, Message
from chat.services.attachments import check_images, give_to_question, latest_ids
from chat.services.continued_conversations import with_conversation
from chat.services.conversation_place import ConversationPlace, place_in_conversation
from chat.services.further_repositories import further_repositories, repository_items
from chat.services.quotas import QuestionCounts, limit_parameters, other_tokens
from chat.token_usage import TOKENS
from deepwiki.foundation.sql import read_sql
from repos import services as repositories
from repos.models import Repository, RepositoryQuerySet
from repos.sources.errors import NotFound, SourceError, TooManyAdded

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

INSERT_QUESTION = read_sql(__file__, "insert_question.sql").replace("{tokens}", TOKENS)


@dataclass(frozen=True)
class AcceptedQuestion:
    """A question with its rows: ready to run, or (`existing`) accepted before.

    The ids are None for a person without an account, whose question leaves no rows. `others` are
    asked about besides `repository`. `attachment_ids` are files of the question and of those before.
    """

    repository: Repository
    history: tuple[Turn, ...] = ()
    conversation_id: uuid.UUID | None = None
    answer_id: uuid.UUID | None = None
    run_id: uuid.UUID | None = None
    existing: bool = False
    others: tuple[Repository, ...] = ()
    attachment_ids: tuple[uuid.UUID, ...] = ()


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
    if request.attachments and person.pk is None:
        raise NotSignedIn("attachments_need_sign_in")
    check_images(person, request.attachments, model)
    repository = _repository(person, request, client_address)
    others = further_repositories(person, request, repository)
    if person.pk is None:
        return AcceptedQuestion(repository, request.messages[:-1], others=others)
    try:
        return replace(_store(person, request, model, (repository, *others)), others=others)
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
    person: Person, request: ChatRequest, model: Model, asked: Sequence[Repository]
) -> AcceptedQuestion:
    """Store the question about some repositories, and the answer to come.

    Raises TooMany, NoSuchRepository, BadRequest.
    """
    repository = asked[0]
    request = with_conversation(person, request, repository)
    if request.conversation is None:
        place = ConversationPlace(uuid.uuid4(), is_new=True, history=request.messages[:-1])
        with _atomic_if(bool(request.attachments)):
            return _insert(person, request, model, asked, place)
    with transaction.atomic():
        place = place_in_conversation(person, request, repository, request.conversation)
        return _insert(person, request, model, asked, place)


def _atomic_if(condition: bool) -> contextlib.AbstractContextManager[None]:  # noqa: FBT001
    """A transaction where several statements change rows."""
    return transaction.atomic() if condition else contextlib.nullcontext()


def _insert(
    person: Person,
    request: ChatRequest,
    model: Model,
    asked: Sequence[Repository],
    place: ConversationPlace,
) -> AcceptedQuestion:
    """Check the person's limits and insert the rows, in one message to the database.

    Inserting through model objects took longer than the search and held the person's lock
    for as long. Raises TooMany.
    """
    question_id, answer_id, run_id = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    repository, *others = asked
    parameters = {
        **limit_parameters(person, model),
        "conversation": place.conversation_id,
        "is_new": place.is_new,
        "repository": repository.pk,
        "repositories": json.dumps(repository_items(repository, others)),
        "title": title_from_words(request.question),
        "question": question_id,
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
        cursor.execute(_insert_statement(), parameters)
        cursor.nextset()
        QuestionCounts(*cursor.fetchone()).check()
    if request.attachments:
        give_to_question(person, request.attachments, place.conversation_id, question_id)
    return AcceptedQuestion(
        repository,
        place.history,
        place.conversation_id,
        answer_id,
        run_id,
        attachment_ids=latest_ids(request.attachments, place.attachments),
    )


def _insert_statement() -> str:
    return INSERT_QUESTION.replace("{other_tokens}", other_tokens())
