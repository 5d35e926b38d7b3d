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
    """Raises NoSuchRepository if the person may not read the repository of an answer any more.

    Asks the database: call it in a thread.
    """
    repository_id = _repository_id(person, run_id)
    if repository_id is None:
        return  # no row, and so nothing that could be taken away
    readable = Repository.objects.readable_by(person)
    if not readable.filter(pk=repository_id).exists():
        raise NoSuchRepository


def _repository_id(person: Person, run_id: uuid.UUID) -> uuid.UUID | None:
    run = runs.get(run_id)
    if run is not None and run.repository_id is not None:
        return run.repository_id
    answers = Message.objects.filter(run_id=run_id, conversation__user=person.pk)
    return answers.values_list("conversation__repository_id", flat=True).first()
