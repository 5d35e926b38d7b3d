"""Answers of other processes: their events, read from the database."""

from __future__ import annotations

import contextlib
import logging
import uuid
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from chat.core.errors import ChatError, Down, NoSuchRepository, ProviderError
from chat.core.events import Accepted, Delta, Done, Event, Failed, Numbered, Sources, State
from chat.models import Message, RunEvent
from chat.runs import pubsub
from deepwiki.foundation.threads import in_thread

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.4
SLICE_EVENTS = 200  # read at a time: a reader holds no more of an answer


@dataclass(frozen=True)
class StoredRun:
    """An answer that is not in this process's memory, read from the database slice by slice."""

    id: uuid.UUID
    person: Person

    async def attach(self, after: int = 0) -> AsyncGenerator[Numbered]:
        """As Run.attach. The last event is always Done.

        Events have the numbers they were stored with. An answer whose events are no longer
        stored is made from its message. Raises NoSuchRepository for anybody else's run.
        """
        last = after
        try:
            async with contextlib.aclosing(self._events(after)) as items:
                async for item in items:
                    last = item.seq
                    yield item
        except NoSuchRepository:
            raise
        except Exception as error:
            logger.warning("following a stored answer failed", exc_info=True)
            yield Numbered(self.id, last + 1, _failure(error))
            yield Numbered(self.id, last + 2, Done("partial"))

    def stop_if_alone(self) -> None:
        """Its own process knows its readers."""

    async def _events(self, after: int) -> AsyncGenerator[Numbered]:
        """The stored events; where there were none until its end, those of its message."""
        is_first = after == 0
        async with contextlib.aclosing(stored_events(self.person, self.id, after)) as items:
            async for item in items:
                if is_first and isinstance(item.event, Done):
                    break
                is_first = False
                yield item
            else:
                return
        for made in await in_thread(_items_of_message, self.id, self.person, item):
            yield made


def _done(state: str) -> Done:
    return Done(cast(State, state))


def _items_of_message(run_id: uuid.UUID, person: Person, done: Numbered) -> list[Numbered]:
    """A finished answer as events made from its message; `done` alone if it is gone."""
    message = Message.objects.filter(run_id=run_id, conversation__user=person.pk).first()
    if message is None:
        return [done]
    events = [*_events_of(message), _done(message.state)]
    return [Numbered(run_id, seq, event) for seq, event in enumerate(events, 1)]


def _events_of(message: Message) -> Iterator[Event]:
    """The events that a finished answer is made from, without Done."""
    yield Accepted(str(message.conversation_id), str(message.pk))
    repositories = message.repositories or None
    yield Sources(message.sources, message.commit, message.search_mode, repositories=repositories)
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
                yield Numbered(run_id, after + 1, _done(state))
                return
            await changed.wait(POLL_SECONDS)


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
