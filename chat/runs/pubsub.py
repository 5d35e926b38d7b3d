"""Word between processes that something about a run changed: a hint to look, never the truth.

Over Redis where it is set up. Postgres holds what there is to know; a hint that is lost costs a moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings

logger = logging.getLogger(__name__)
EVERYONE = "deepwiki.runs"
AGAIN_SECONDS = 5.0


def between_processes() -> bool:
    """Is there a layer that reaches other processes?"""
    return bool(settings.REDIS_URL)


async def publish_changed(run_id: uuid.UUID) -> None:
    """A run has new events stored."""
    await _send(_group(run_id), {"type": "run.changed"})


async def publish_stop(run_id: uuid.UUID) -> None:
    """A run was asked to stop: its row says so already."""
    await _send(EVERYONE, {"type": "run.stop", "run": str(run_id)})


class RunChanged:
    """Rings when a run has changed. `wait` returns then, or after a while in any case."""

    def __init__(self, channel: str = "") -> None:
        self._channel = channel

    async def wait(self, seconds: float) -> None:
        if not self._channel:
            await asyncio.sleep(seconds)
            return
        try:
            async with asyncio.timeout(
                seconds * 5
            ):  # the hint comes first; this is for one that was lost
                await get_channel_layer().receive(self._channel)
        except TimeoutError:
            return
        except Exception:
            logger.debug("the layer is away", exc_info=True)
            await asyncio.sleep(seconds)


@contextlib.asynccontextmanager
async def subscribe(run_id: uuid.UUID) -> AsyncIterator[RunChanged]:
    """A Bell for one run."""
    channel = ""
    layer = get_channel_layer() if between_processes() else None
    if layer is not None:
        with contextlib.suppress(Exception):  # without a layer it looks at intervals
            channel = await layer.new_channel()
            await layer.group_add(_group(run_id), channel)
    try:
        yield RunChanged(channel)
    finally:
        if layer is not None and channel:
            with contextlib.suppress(Exception):
                await layer.group_discard(_group(run_id), channel)


async def listen_for_stops(stop_run: Callable[[uuid.UUID], None]) -> None:
    """For as long as the process lives: stop runs of ours that others were asked to stop."""
    while between_processes():
        try:
            layer = get_channel_layer()
            channel = await layer.new_channel()
            await layer.group_add(EVERYONE, channel)
            while True:
                message: dict[str, Any] = await layer.receive(channel)
                if message.get("type") == "run.stop":
                    stop_run(uuid.UUID(message["run"]))
        except Exception:
            logger.info("the layer between processes is away; looking again in %s s", AGAIN_SECONDS)
            await asyncio.sleep(AGAIN_SECONDS)


async def _send(group: str, message: dict[str, Any]) -> None:
    if between_processes():
        with contextlib.suppress(Exception):
            await get_channel_layer().group_send(group, message)


def _group(run_id: uuid.UUID) -> str:
    return f"run.{run_id.hex}"
