"""Whether a person may go on reading an answer."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from chat.core.errors import NoSuchRepository
from chat.models import Message
from chat.services.running import runs
from repos.models import Repository

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person


def check_may_follow(person: Person, run_id: uuid.UUID) -> None:
    """Raises NoSuchRepository if the person may not read a repository of an answer any more.

    Asks the database: call it in a thread.
    """
    ids = _repository_ids(person, run_id)
    # Without a row there is nothing that could be taken away.
    readable = Repository.objects.readable_by(person)
    if ids and readable.filter(pk__in=ids).count() < len(ids):
        raise NoSuchRepository


def _repository_ids(person: Person, run_id: uuid.UUID) -> set[uuid.UUID]:
    run = runs.get(run_id)
    if run is not None and run.repository_ids:
        return set(run.repository_ids)
    answers = Message.objects.filter(run_id=run_id, conversation__user=person.pk)
    row = answers.values_list("conversation__repository_id", "repositories").first()
    if row is None:
        return set()
    return {row[0], *(uuid.UUID(item["id"]) for item in row[1])}
