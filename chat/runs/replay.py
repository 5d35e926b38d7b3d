"""Answers that another process makes, or made: read from the database, looked at again when a hint or a moment passes."""

from __future__ import annotations

import contextlib
import logging
import uuid
from collections.abc import AsyncGenerator
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from chat.core.errors import ChatError, Down, NoSuchRepository
from chat.core.events import Accepted, Delta, Done, Event, Failed, Sources
from chat.models import Message, RunEvent
from chat.runs import Numbered, Run, keep, pubsub
from deepwiki.foundation.threads import in_thread

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Person = AbstractBaseUser | AnonymousUser

logger = logging.getLogger(__name__)
REMOTE_POLL_SECONDS = 0.4
KINDS: dict[str, type[Event]] = {kind.name: kind for kind in Event.__subclasses__()}


async def replay(run_id: uuid.UUID, person: Person) -> Run:
    """A Run made of what the database holds, for a question whose answer another process gives or gave."""
    message = await in_thread(Message.objects.get, run_id=run_id)
    run = Run(id=run_id, person_id=person.pk)
    if message.state == Message.State.RUNNING:
        run.task = keep(_follow(run, stored_events(person, run_id, 0)))
        return run
    run.emit(Accepted(str(message.conversation_id), str(message.pk)))
    run.emit(Sources(message.sources, message.commit, message.search_mode))
    run.emit(Delta(message.content))
    if message.error:
        run.emit(Failed("error", message.error, close_code=4502, status=502))
    run.state = message.state  # type: ignore[assignment]
    run.emit(Done(message.state))  # type: ignore[arg-type]
    return run


async def _follow(run: Run, stored: AsyncGenerator[dict[str, Any]]) -> None:
    """Copy the events of a run elsewhere, with their own numbers: whoever attaches later counts by the same."""
    last = 0
    try:
        async with contextlib.aclosing(stored):
            async for data in stored:
                kind = KINDS[data["event"]]
                event = kind(
                    **{field.name: data[field.name] for field in fields(kind) if field.name in data}
                )
                if isinstance(event, Failed):
                    event = replace(event, close_code=4502, status=502)
                last = data["seq"]
                run.copy(Numbered(run.id, last, event))
    except Exception as error:  # the outermost edge of a task of its own
        logger.warning(
            "an answer of another process could not be followed to its end", exc_info=True
        )
        known = error if isinstance(error, ChatError) else Down()
        run.copy(Numbered(run.id, last + 1, Failed.of(known)))
    finally:
        if run.state is None:
            run.copy(Numbered(run.id, last + 2, Done("partial")))


async def stored_events(
    person: Person, run_id: uuid.UUID, after: int
) -> AsyncGenerator[dict[str, Any]]:
    """Each event of one's own run above `after`, as JSON, until it has ended. Raises NoSuchRepository."""
    async with pubsub.subscribe(run_id) as subscribe:
        while True:
            message, rows = await in_thread(_read_events, person, run_id, after)
            if message is None:
                raise NoSuchRepository("no_such_answer")
            for seq, data in rows:
                after = seq
                yield {**data, "run": str(run_id), "seq": seq}
            if message.state != Message.State.RUNNING:
                yield {
                    "event": "done",
                    "state": message.state,
                    "run": str(run_id),
                    "seq": after + 1,
                }
                return
            await subscribe.wait(REMOTE_POLL_SECONDS)


def _read_events(
    person: Person, run_id: uuid.UUID, after: int
) -> tuple[Message | None, list[tuple[int, dict[str, Any]]]]:
    Message.objects.filter(run_id=run_id).mark_interrupted()
    # The row first: events stored after it are found too, so none can be missed between the two.
    message = Message.objects.filter(run_id=run_id, conversation__user=person.pk).first()
    rows = (
        RunEvent.objects.filter(run_id=run_id, seq__gt=after)
        .order_by("seq")
        .values_list("seq", "data")
    )
    return message, list(rows)
