"""The repositories that a question is about besides that of its conversation."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from chat.core.errors import BadRequest, NoSuchRepository
from chat.core.json_shapes import RepositoryItem
from chat.core.request import ChatRequest
from chat.models import Conversation, Message
from deepwiki.foundation.parsing import parse_uuid
from repos import services as repositories
from repos.models import Repository, RepositoryQuerySet
from repos.sources.errors import SourceError

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person


def further_repositories(
    person: Person, request: ChatRequest, first: Repository
) -> tuple[Repository, ...]:
    """Those that the request names, without the first; else those of its conversation so far.

    One that is not here, or that the person may not read, raises NoSuchRepository: none is
    added. Of the conversation's, those are left out. Raises BadRequest.
    """
    if request.repositories is None:
        found = _of_conversation(person, request.conversation)
    else:
        found = [_find(person, written) for written in request.repositories]
    by_id = {repository.pk: repository for repository in found if repository.pk != first.pk}
    return tuple(by_id.values())


def repository_items(first: Repository, others: Iterable[Repository]) -> list[RepositoryItem]:
    """How several repositories are stored with a question; nothing for the first alone."""
    items = [RepositoryItem(id=str(one.pk), name=one.name) for one in (first, *others)]
    return items if len(items) > 1 else []


def conversation_repositories(person: Person, conversation: Conversation) -> list[Repository]:
    """Those that its last question was about besides its own, as far as the person may read them."""
    found = _of_conversation(person, conversation.pk)
    return [repository for repository in found if repository.pk != conversation.repository_id]


def _find(person: Person, written: str) -> Repository:
    """A repository by id or address. Raises NoSuchRepository, BadRequest."""
    pk = parse_uuid(written)
    try:
        if pk is not None:
            repository = _readable(person).filter(pk=pk).first()
        else:
            repository = repositories.find(person, written)
    except SourceError as error:
        raise BadRequest(text=str(error)) from error
    if repository is None:
        raise NoSuchRepository
    return repository


def _of_conversation(person: Person, conversation: uuid.UUID | None) -> list[Repository]:
    """Those of its last question that the person may read."""
    if conversation is None or person.pk is None:
        return []
    asked = Message.objects.filter(
        conversation=conversation, conversation__user=person.pk, role=Message.Role.USER
    )
    last = asked.order_by("-position").values_list("repositories", flat=True).first()
    ids = [uuid.UUID(item["id"]) for item in last or ()]
    by_id = _readable(person).in_bulk(ids)
    return [by_id[pk] for pk in ids if pk in by_id]


def _readable(person: Person) -> RepositoryQuerySet:
    return Repository.objects.readable_by(person).select_related("current_index")
