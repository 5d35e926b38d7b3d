"""A run: one answer being generated. It belongs to the process, never to a socket.

source (events of the answer core) -> Run -> EventLog -> readers
                                       |  -> BlockStream -> BlockRenderer (HTML blocks)
                                       |  -> Saver -> Recorder (database)

Text is coalesced: pieces that arrive within a few hundredths of a second travel
together. A process that is killed loses at most a second of text.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import cast

from chat.core.errors import ChatError, CutOff, Internal, ServerStops
from chat.core.events import (
    Delta,
    Done,
    Event,
    Failed,
    LinesRead,
    Notice,
    Numbered,
    Research,
    Sources,
    State,
    Step,
    Usage,
)
from chat.core.json_shapes import StageItem
from chat.core.usage_meter import UsageMeter
from chat.runs.answer_citations import AnswerCitations
from chat.runs.background import keep
from chat.runs.block_stream import BlockStream
from chat.runs.coalescer import Coalescer
from chat.runs.event_log import EventLog
from chat.runs.ports import BlockRenderer, NoRecord, Recorder
from chat.runs.saver import Saver
from chat.runs.source import is_failure, take_events
from chat.runs.step_list import StepList
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.log_format import run_id
from deepwiki.foundation.text import TextCleaner

MAX_SECONDS = 1_200.0  # longer than the parts of an answer may take together

logger = logging.getLogger(__name__)


@dataclass
class Run:
    """One answer. Read by any number of readers, written only by its own task.

    `state` is None while it runs. `ends_when_alone`: the last reader who leaves stops it.
    """

    id: uuid.UUID
    recorder: Recorder = field(default_factory=NoRecord)
    renderer: BlockRenderer | None = None
    ends_when_alone: bool = False
    person_id: int | None = None
    repository_ids: tuple[uuid.UUID, ...] = ()
    meter: UsageMeter | None = None
    text: str = ""
    state: State | None = None
    sources: Sources | None = None
    citations: AnswerCitations = field(default_factory=AnswerCitations)
    usage: Usage | None = None
    error: Failed | None = None
    notices: list[Notice] = field(default_factory=list)
    stages: list[StageItem] = field(default_factory=list)
    steps: StepList = field(default_factory=StepList)
    task: asyncio.Task[None] | None = None
    readers: int = 0
    max_seconds: float = MAX_SECONDS
    _stop_state: State = "stopped"
    _is_completing: bool = False
    _source_state: State = "complete"  # what the source says of its end

    def __post_init__(self) -> None:
        self.log = EventLog(self.id)
        self._cleaner = TextCleaner()
        self._coalescer = Coalescer(self._emit_text, self._stop_after)
        self._blocks = BlockStream(self.renderer, self.log.append)
        self._saver = Saver(self.log, lambda events: self.recorder.save(self, events))

    @property
    def is_running(self) -> bool:
        return self.state is None

    async def attach(self, after: int = 0) -> AsyncGenerator[Numbered]:
        """Each event numbered above `after`, once, in order, until the run has ended.

        Closing the generator detaches the reader.
        """
        self.readers += 1
        try:
            async with contextlib.aclosing(self.log.follow(after)) as items:
                async for item in items:
                    yield item
        finally:
            self._detach()

    def _detach(self) -> None:
        self.readers -= 1
        self.stop_if_alone()

    def stop_if_alone(self) -> None:
        """Stop a run that ends with its last reader, if it has none."""
        if self.readers == 0 and self.ends_when_alone:
            self.stop()

    def stop(self, state: State = "stopped") -> None:
        """End the run now. Its text stays; the connection to the provider is closed."""
        if self._is_completing or not self.is_running:
            return
        if self.task is not None and not self.task.done():
            self._stop_state = state
            self.task.cancel()

    def start(self, source: AsyncGenerator[Event]) -> None:
        """Take the events of `source` in a task, until it ends, fails or is stopped.

        The last event is always Done, whatever fails meanwhile.
        """
        self.task = keep(self._drive(source))
        self.task.add_done_callback(self._release)

    def add_done_callback(self, call: Callable[[Run], None]) -> None:
        """Call `call` with the run once its task is done and it has its last event."""
        assert self.task is not None
        self.task.add_done_callback(lambda _: call(self))

    async def _drive(self, source: AsyncGenerator[Event]) -> None:
        run_id.set(self.id.hex[:12])
        self._saver.start()
        state: State = "partial"
        try:
            state = await self._consume(source)
            state = await self._complete(state)
        except asyncio.CancelledError:
            state = self._stop_state
        finally:
            self.state = state
            await self._end()

    async def _end(self) -> None:
        """Store the final state, where that works, and append Done, whatever happens."""
        try:
            if not await self._saver.end():
                self.log.append(Notice.of("not_saved"))
        except Exception:
            log_incident(logger, "the end of an answer could not be stored")
        finally:
            self._append_done()

    def _release(self, task: asyncio.Task[None]) -> None:
        """The driving task is done: give the run an end if it has none.

        A task that was cancelled before its first step, or ended by an error of its own,
        has not reached the end of `_drive`.
        """
        if self.log.has_ended:
            return
        if not task.cancelled() and task.exception() is not None:
            logger.error("an answer was not driven to its end", exc_info=task.exception())
        if self.state is None:
            self.state = self._stop_state if task.cancelled() else "partial"
        keep(self._saver.end())
        self._append_done()

    def _append_done(self) -> None:
        assert self.state is not None
        self._blocks.close()
        self._coalescer.close()
        self.log.append(Done(self.state))
        self.renderer = None  # its state is not needed for reading

    async def _take(self, event: Event) -> None:
        """Emit an event of the source; a round's blocks come before the next round."""
        if isinstance(event, Research) and self.text:
            await self._end_paragraph()
        self.emit(event)

    def emit(self, event: Event) -> None:
        """Apply an event to the run's fields and append it to the log."""
        if isinstance(event, Delta):
            self._add_text(self._cleaner.feed(event.text))
            return
        event = event.cleaned()
        if self.citations.note(event) and self.renderer is not None:
            self.renderer.check = self.citations.check
        match event:
            case LinesRead():
                return
            case Sources():
                self.sources = event
            case Done(state):
                self._source_state = state
                return
            case Usage():
                self.usage = event
            case Notice():
                self.notices.append(event)
            case Research():
                stage = {**event.as_json(), "at": len(self.text)}
                self.stages.append(cast(StageItem, stage))
            case Step():
                self.steps.add(event)
        self._coalescer.flush()
        self.log.append(event)

    def _add_text(self, text: str) -> None:
        if text:
            self.text += text
            self._coalescer.add(text)

    async def _consume(self, source: AsyncGenerator[Event]) -> State:
        try:
            return await self._take_in_time(source)
        except asyncio.CancelledError:
            return self._stop_state
        except ChatError as error:
            self._fail(error)
            return "partial"
        except BaseException as error:
            if not is_failure(error):
                raise
            self._fail(Internal(log_incident(logger, "an answer failed")))
            return "partial"

    async def _take_in_time(self, source: AsyncGenerator[Event]) -> State:
        """The state that the source tells. Raises CutOff after `max_seconds`."""
        deadline = asyncio.timeout(self.max_seconds)
        try:
            async with deadline:
                await take_events(source, self._take)
        except TimeoutError as error:
            if not deadline.expired():
                raise
            raise CutOff("answer_too_long") from error
        return self._source_state

    def _stop_after(self, error: Exception) -> None:
        """Stop the run because text that waited could not be emitted."""
        try:
            raise error
        except Exception:
            self._fail(Internal(log_incident(logger, "emitting text failed")))
        self.stop("partial")

    async def _complete(self, state: State) -> State:
        """Emit what is pending: text, the last blocks, the cost, the error of a restart.

        A step that fails makes the answer partial; the others are taken all the same.
        """
        self._is_completing = True  # stopping it now would only lose the last blocks
        for step in (self._finish_text, self._blocks.finish, self._emit_missing_usage):
            try:
                await step()
            except Exception:
                self._fail(Internal(log_incident(logger, "an answer could not be completed")))
                state = "partial"
        if state == "interrupted" and self.error is None:
            self._fail(ServerStops())
        return state

    async def _finish_text(self) -> None:
        self._add_text(self._cleaner.finish())
        self._coalescer.flush()

    async def _emit_missing_usage(self) -> None:
        """The usage so far of an answer that ended before it told its own."""
        if self.usage is None and self.meter is not None and self.meter.usage is not None:
            self.emit(self.meter.usage)

    async def _end_paragraph(self) -> None:
        """Separate the text of the next research round, and its blocks, from that so far."""
        self.emit(Delta("\n\n"))
        self._coalescer.flush()
        await self._blocks.seal()

    def _fail(self, error: ChatError) -> None:
        self._coalescer.flush()
        self.error = Failed.of(error).cleaned()
        self.log.append(self.error)

    def _emit_text(self, text: str) -> None:
        self.log.append(Delta(text))
        self._blocks.add(text)
