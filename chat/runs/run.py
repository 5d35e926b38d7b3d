"""A run is one answer being made. It belongs to the process, never to a socket.

Its events are numbered 1, 2, 3 …; any number of readers attach from any number on. Text that arrives within a few
hundredths of a second travels together, the first piece at once. About once a second, and at the end, what there is
goes to a Recorder, so that a killed process loses at most a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from chat.core.errors import ChatError, Internal, ServerStops
from chat.core.events import (
    Delta,
    Done,
    Event,
    Failed,
    Html,
    Notice,
    Numbered,
    Research,
    Sources,
    State,
    Usage,
)
from chat.runs.background import keep
from deepwiki.foundation.log_format import run_id

logger = logging.getLogger(__name__)
COALESCE_SECONDS = 0.03
FLUSH_SECONDS = 1.0
LEASE_SECONDS = 2.0
SAVE_SECONDS = 30.0


class BlockRenderer(Protocol):
    """Turns growing Markdown into HTML blocks (see rendering.py)."""

    def feed(self, text: str) -> list[Html]: ...

    def finish(self) -> list[Html]: ...

    def seal(self) -> list[Html]: ...


class Recorder(Protocol):
    """Where a run is written down."""

    async def save(self, run: Run, fresh: list[Numbered]) -> None:
        """Store the run's present text and state, and the events not stored before. May raise; it is tried again."""
        ...


class NoRecord:
    """A Recorder that forgets: for questions that leave no row."""

    async def save(self, run: Run, fresh: list[Numbered]) -> None:
        return


@dataclass
class Run:
    """One answer. Read by anyone, written by its own task only."""

    id: uuid.UUID
    recorder: Recorder = field(default_factory=NoRecord)
    renderer: BlockRenderer | None = None
    ends_when_alone: bool = False
    person_id: int | None = None
    address: str = ""
    events: list[Numbered] = field(default_factory=list)
    text: str = ""
    state: State | None = None
    sources: Sources | None = None
    usage: Usage | None = None
    notices: list[Notice] = field(default_factory=list)
    error: Failed | None = None
    finished_at: float = 0.0
    task: asyncio.Task[None] | None = None
    stages: list[dict[str, Any]] = field(default_factory=list)
    meter: Callable[[], Usage | None] = lambda: (
        None
    )  # what it cost so far, for an answer that does not come to its end
    readers: int = 0
    stop_state: State = "stopped"
    _waiting: str = ""
    _sent_at: float = 0.0
    _timer: asyncio.TimerHandle | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _recorded: int = 0
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def attach(self, after: int = 0) -> AsyncGenerator[Numbered]:
        """Each event numbered above `after`, once, in order, until the run has ended. Close it to leave."""
        self.readers += 1
        position = max(0, after)
        try:
            while True:
                changed = self._changed
                while position < len(self.events):
                    item = self.events[position]
                    position += 1
                    yield item
                if self.events and isinstance(self.events[-1].event, Done):
                    return
                await changed.wait()
        finally:
            self.readers -= 1
            if self.readers == 0 and self.ends_when_alone:
                self.stop()

    def stop(self, state: State = "stopped") -> None:
        """End the run now: what there is stays, the connection to the provider is closed."""
        if self.task is not None and self.state is None and not self.task.done():
            self.stop_state = state
            self.task.cancel()

    async def drive(self, source: AsyncGenerator[Event]) -> None:
        """Take the events of `source` until it ends, fails or is stopped. Never raises."""
        run_id.set(self.id.hex[:12])
        recording = asyncio.create_task(self._record_regularly())
        state: State = "complete"
        try:
            async with contextlib.aclosing(source):
                async for event in source:
                    self._take(event)
        except asyncio.CancelledError:
            state = self.stop_state
        except ChatError as error:
            state = "partial"
            self._fail(error)
        except Exception:
            incident = uuid.uuid4().hex[:8]
            logger.exception("an answer failed, incident %s", incident)
            state = "partial"
            self._fail(Internal(incident))
        self._send_waiting()
        self._finish_blocks()
        if self.usage is None and (cost := self.meter()) is not None:
            self._take(cost)
        if state == "interrupted" and self.error is None:
            self._fail(ServerStops())
        self.state = state
        self._ended.set()
        await recording
        await self._record_at_last()
        self.finished_at = time.monotonic()
        self._emit(Done(state))

    def emit(self, event: Event) -> None:
        """Number an event and wake the readers."""
        self._take(event)

    def copy(self, item: Numbered) -> None:
        """An event of this run from the process that makes it, with the number it has there."""
        if isinstance(item.event, Done):
            self.state = item.event.state
        self._append(item)

    def _take(self, event: Event) -> None:
        match event:
            case Delta(text):
                self.text += text
                self._waiting += text
                self._send_soon()
                return
            case Sources():
                self.sources = event
            case Usage():
                self.usage = event
            case Notice():
                self.notices.append(event)
            case Research():
                if self.text:
                    self._take(Delta("\n\n"))
                    self._send_waiting()
                    for block in self.renderer.seal() if self.renderer is not None else ():
                        self._emit(block)  # so that what comes next is the new round's
                self.stages.append({**event.as_json(), "at": len(self.text)})
        self._send_waiting()
        self._emit(event)

    def _fail(self, error: ChatError) -> None:
        self._send_waiting()
        self.error = Failed.of(error)
        self._emit(self.error)

    def _finish_blocks(self) -> None:
        for block in self.renderer.finish() if self.renderer is not None else ():
            self._emit(block)

    def _send_soon(self) -> None:
        if self._timer is not None:
            return
        wait = self._sent_at + COALESCE_SECONDS - time.monotonic()
        if wait <= 0:
            self._send_waiting()
        else:
            self._timer = asyncio.get_running_loop().call_later(wait, self._send_waiting)

    def _send_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            text, self._waiting = self._waiting, ""
            self._sent_at = time.monotonic()
            self._emit(Delta(text))
            if self.renderer is not None:
                for block in self.renderer.feed(text):
                    self._emit(block)

    def _emit(self, event: Event) -> None:
        self._append(Numbered(self.id, len(self.events) + 1, event))

    def _append(self, item: Numbered) -> None:
        self.events.append(item)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _record_regularly(self) -> None:
        saved_at = 0.0
        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), FLUSH_SECONDS)
                return
            if len(self.events) > self._recorded or time.monotonic() - saved_at > LEASE_SECONDS:
                with contextlib.suppress(
                    Exception
                ):  # tried again in a second; the last save says if it cannot
                    await self._save()
                    saved_at = time.monotonic()

    async def _save(self) -> None:
        upto = len(self.events)
        await self.recorder.save(self, self.events[self._recorded : upto])
        self._recorded = upto

    async def _record_at_last(self) -> None:
        try:
            await asyncio.wait_for(self._save(), 5)
        except Exception:
            logger.warning("saving an answer failed, trying again for %s s", SAVE_SECONDS)
            self._emit(Notice.of("not_saved"))
            keep(self._save_patiently())

    async def _save_patiently(self) -> None:
        deadline = time.monotonic() + SAVE_SECONDS
        wait = 0.5
        while time.monotonic() < deadline:
            await asyncio.sleep(wait)
            wait = min(wait * 2, 5)
            try:
                await self._save()
            except Exception:
                logger.debug("still not saved", exc_info=True)
            else:
                return
        logger.error("an answer could not be stored")
