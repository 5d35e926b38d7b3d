"""Start and stop of a web process, by ASGI's lifespan or, for servers without it, called directly."""

from __future__ import annotations

import gc
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from chat.runs import keep, pubsub
from chat.services import providers, runs, stop_here
from deepwiki.foundation.threads import in_thread
from repos.search import warm_up

logger = logging.getLogger(__name__)
GARBAGE_THRESHOLD = 20_000  # new objects before the youngest are looked through; Python's own 700 is for small programs
Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Lifespan:
    """Wraps an application and answers the lifespan protocol for it."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await self.application(scope, receive, send)
            return
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await startup()
                await send({"type": "lifespan.startup.complete"})
            else:
                await shutdown()
                await send({"type": "lifespan.shutdown.complete"})
                return


async def startup() -> None:
    """Load what the first question would otherwise wait for, and listen for what other processes say."""
    keep(pubsub.subscribe_to_stops(stop_here))
    try:
        await in_thread(warm_up)
    except Exception:
        logger.warning(
            "the embedder could not be loaded; searching by words until it can", exc_info=True
        )
    try:
        await in_thread(lambda: providers().load())
    except Exception:
        logger.warning("the providers could not be loaded", exc_info=True)
    # What is loaded by now stays: looking through it again and again for garbage costs a busy server several percent.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD, 20, 50)


async def shutdown() -> None:
    """Let running answers finish, within the drain time."""
    await runs.drain(settings.DRAIN_SECONDS)
    await providers().close()
