"""The HTML blocks of a run, rendered off the event loop while its text grows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from chat.core.events import Html
from chat.rendering import in_pool_thread
from chat.runs.background import keep
from chat.runs.ports import BlockRenderer, RenderStep
from chat.runs.source import is_failure
from deepwiki.foundation.incidents import log_incident

FINISH_SECONDS = 10.0
BURST = 8  # blocks emitted before others are served

logger = logging.getLogger(__name__)


class BlockStream:
    """Feeds a BlockRenderer in a thread, one step at a time, and emits its blocks.

    Text waits while the renderer pauses, never longer: a timer renders it. A renderer that
    fails is not used again. No method raises, except that waiting ones may be cancelled.
    """

    def __init__(self, renderer: BlockRenderer | None, emit: Callable[[Html], None]) -> None:
        self._renderer = renderer
        self._emit = emit
        self._pending: list[str] = []
        self._changed = asyncio.Event()
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def add(self, text: str) -> None:
        """Render `text` soon, together with what arrives until then."""
        if self._renderer is None:
            return
        self._pending.append(text)
        self._changed.set()
        if self._task is None:
            self._task = keep(self._render_changes())

    async def seal(self) -> None:
        """Render all text so far; later text begins a new block."""
        await self._in_time(lambda renderer, text: renderer.seal(text))

    async def finish(self) -> None:
        """Render the rest: the text is complete."""
        await self._in_time(lambda renderer, text: renderer.finish(text))
        self._give_up()

    def close(self) -> None:
        """Nothing more is rendered: the run has ended, in whatever way."""
        self._give_up()

    async def _render_changes(self) -> None:
        while self._renderer is not None:
            await self._changed.wait()
            await asyncio.sleep(max(0.0, self._renderer.delay()))
            async with self._lock:
                await self._feed()

    async def _feed(self) -> None:
        """Render what has changed, unless a step that held the lock began another pause."""
        if self._renderer is not None and self._renderer.delay() <= 0:
            await self._step(lambda renderer, text: renderer.feed(text))

    async def _in_time(self, step: RenderStep) -> None:
        """Take a step once the one under way has ended, in FINISH_SECONDS at most."""
        if self._renderer is None:
            return
        try:
            async with asyncio.timeout(FINISH_SECONDS), self._lock:
                await self._step(step)
        except TimeoutError:
            logger.warning("the last blocks of an answer were not rendered in time")
            self._give_up()

    async def _step(self, step: RenderStep) -> None:
        renderer = self._renderer
        if renderer is None:
            return
        text = "".join(self._pending)
        self._pending.clear()
        self._changed.clear()
        try:
            blocks = await in_pool_thread(step, renderer, text)
        except BaseException as error:
            if not is_failure(error):
                raise
            log_incident(logger, "rendering an answer failed")
            self._give_up()
            return
        for number, block in enumerate(blocks, 1):
            self._emit(block)
            if number % BURST == 0:
                await asyncio.sleep(0)  # readers send them: others are served in between

    def _give_up(self) -> None:
        self._renderer = None
        self._pending.clear()
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
