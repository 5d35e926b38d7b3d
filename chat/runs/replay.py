"""Answers of other processes: their events, read from the database."""

from __future__ import annotations

import contextlib
import logging
import uuid
from collections.abc import AsyncGenerator, Iterator
from typing import TYPE_CHECKING

from chat.core.errors import ChatError, Down, NoSuchRepository, ProviderError
from chat.core.events import Accepted, Delta, Done, Event, Failed, Numbered, Sources
from chat.models import Message, RunEvent
from chat.runs import pubsub
from chat.runs.background import keep
from chat.runs.run import Run
from deepwiki.foundation.threads import in_thread

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.4
SLICE_EVENTS = 200  # read at a time: a reader holds no more of an answer


async def load_run(run_id: uuid.UUID, person: Person) -> Run:
    """A Run made from the database, for an answer that another process generates.

    Events have the numbers they were stored with. An answer whose events are no longer
    stored is made from its message.
    """
    message, has_events = await in_thread(_read_message, run_id)
    run = Run(id=run_id, person_id=person.pk)
    if has_events or message.state == Message.State.RUNNING:
        run.task = keep(copy_events(run, stored_events(person, run_id, 0)))
        return run
    for event in _events_of(message):
        run.emit(event)
    run.state = message.state  # type: ignore[assignment]
    run.emit(Done(message.state))  # type: ignore[arg-type]
    return run


def _events_of(message: Message) -> Iterator[Event]:
    """The events that a finished answer is made from, without Done."""
    yield Accepted(str(message.conversation_id), str(message.pk))
    yield Sources(message.sources, message.commit, message.search_mode)
    yield Delta(message.content)
    if message.error:
        yield _stored_failure(message)


def _stored_failure(message: Message) -> Failed:
    """The error of a message: its class is not stored, so it counts as the provider's."""
    return Failed(
        code=ProviderError.code,
        message=message.error,
        close_code=ProviderError.close_code,
        status=ProviderError.status,
        reason=message.error_reason or None,
        parameters=message.error_parameters,
    )


def _read_message(run_id: uuid.UUID) -> tuple[Message, bool]:
    message = Message.objects.get(run_id=run_id)
    return message, RunEvent.objects.filter(run_id=run_id).exists()


async def stored_events(person: Person, run_id: uuid.UUID, after: int) -> AsyncGenerator[Numbered]:
    """Each event above `after` of a person's own run, until it has ended.

    Raises NoSuchRepository for anybody else's run.
    """
    async with pubsub.subscribe(run_id) as changed:
        while True:
            state, items = await in_thread(_read_events, person, run_id, after)
            if state is None:
                raise NoSuchRepository("no_such_answer")
            for item in items:
                after = item.seq
                yield item
            if len(items) == SLICE_EVENTS:
                continue
            if state != Message.State.RUNNING:
                yield Numbered(run_id, after + 1, Done(state))  # type: ignore[arg-type]
                return
            await changed.wait(POLL_SECONDS)


async def copy_events(run: Run, stored: AsyncGenerator[Numbered]) -> None:
    """Copy events with the numbers they have: readers count by the same ones."""
    last = 0
    try:
        async with contextlib.aclosing(stored):
            async for item in stored:
                last = item.seq
                run.copy(item)
    except Exception as error:  # the outermost edge of a task
        logger.warning("following an answer of another process failed", exc_info=True)
        last += 1
        run.copy(Numbered(run.id, last, _failure(error)))
    finally:
        if run.is_running:
            run.copy(Numbered(run.id, last + 1, Done("partial")))


def _failure(error: Exception) -> Failed:
    if isinstance(error, ChatError):
        return Failed.of(error)
    return Failed.of(Down())


def _read_events(
    person: Person, run_id: uuid.UUID, after: int
) -> tuple[str | None, list[Numbered]]:
    """The state of the answer (None if it is not the person's) and its next events."""
    Message.objects.filter(run_id=run_id).mark_interrupted()
    # The state is read first: events stored after that are found too, so none is missed.
    own = Message.objects.filter(run_id=run_id, conversation__user=person.pk)
    state = own.values_list("state", flat=True).first()
    rows = RunEvent.objects.filter(run_id=run_id, seq__gt=after).order_by("seq")
    items = [
        Numbered.from_json({**data, "run": str(run_id), "seq": seq})
        for seq, data in rows.values_list("seq", "data")[:SLICE_EVENTS]
    ]
    return state, items
