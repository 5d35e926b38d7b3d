"""Notifications between web processes, over the channel layer (Redis) where there is one.

A notification is a hint to read the database again. Postgres holds the state: a lost
notification costs one polling interval.
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

StopRun = Callable[[uuid.UUID], None]

logger = logging.getLogger(__name__)
STOP_GROUP = "deepwiki.runs"
RECONNECT_SECONDS = 5.0
# With a layer, polling is only for lost notifications: this many times less often.
POLL_FACTOR = 5


def is_available() -> bool:
    """True if there is a layer that reaches other processes."""
    return bool(settings.REDIS_URL)


async def publish_changed(run_id: uuid.UUID) -> None:
    """Notify subscribers that new events of a run are stored."""
    await _send(_group(run_id), {"type": "run.changed"})


async def publish_stop(run_id: uuid.UUID) -> None:
    """Notify all processes that a run was asked to stop. Its row says so already."""
    await _send(STOP_GROUP, {"type": "run.stop", "run": str(run_id)})


class RunChanged:
    """Waits for a change of one run. Without a channel it only polls."""

    def __init__(self, channel: str = "") -> None:
        self._channel = channel

    async def wait(self, seconds: float) -> None:
        """Return after a notification, or after `seconds` (more with a channel)."""
        if not self._channel:
            await asyncio.sleep(seconds)
            return
        try:
            await self._receive(seconds * POLL_FACTOR)
        except TimeoutError:
            return
        except Exception:
            logger.debug("the channel layer is not available", exc_info=True)
            await asyncio.sleep(seconds)

    async def _receive(self, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await get_channel_layer().receive(self._channel)


@contextlib.asynccontextmanager
async def subscribe(run_id: uuid.UUID) -> AsyncIterator[RunChanged]:
    """Subscribe to changes of one run. Never raises: without a layer it polls."""
    channel = await _join(_group(run_id))
    try:
        yield RunChanged(channel)
    finally:
        if channel:
            await _leave(_group(run_id), channel)


async def subscribe_to_stops(stop_run: StopRun) -> None:
    """Call `stop_run` for each run that was asked to stop. Returns only without a layer."""
    while is_available():
        try:
            await _receive_stops(stop_run)
        except Exception:
            logger.info("no channel layer; looking again in %s s", RECONNECT_SECONDS)
            await asyncio.sleep(RECONNECT_SECONDS)


async def _receive_stops(stop_run: StopRun) -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(STOP_GROUP, channel)
    while True:
        message: dict[str, Any] = await layer.receive(channel)
        if message.get("type") == "run.stop":
            stop_run(uuid.UUID(message["run"]))


async def _join(group: str) -> str:
    """A new channel in `group`; empty if there is no layer."""
    if not is_available():
        return ""
    layer = get_channel_layer()
    channel = ""
    with contextlib.suppress(Exception):
        channel = await layer.new_channel()
        await layer.group_add(group, channel)
    return channel


async def _leave(group: str, channel: str) -> None:
    with contextlib.suppress(Exception):
        await get_channel_layer().group_discard(group, channel)


async def _send(group: str, message: dict[str, Any]) -> None:
    if is_available():
        with contextlib.suppress(Exception):
            await get_channel_layer().group_send(group, message)


def _group(run_id: uuid.UUID) -> str:
    return f"run.{run_id.hex}"
