"""Start and stop of a web process: called by a server that speaks ASGI's lifespan protocol,
or directly by `deepwiki.runtime.daphne_server`, since daphne does not.

https://asgi.readthedocs.io/en/latest/specs/lifespan.html
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.db import Error

from chat.api import slack
from chat.api.mcp.sessions import sessions
from chat.rendering import in_pool_thread, start_worker
from chat.runs import keep, pubsub
from chat.services import providers, refreshed_providers, runs, stop_here
from deepwiki.foundation.database_watch import watch
from deepwiki.foundation.deadline_connection import set_statement_limit
from deepwiki.foundation.threads import in_thread
from deepwiki.runtime.database_ping import DatabasePing
from deepwiki.runtime.memory import MemoryTrimmer
from repos.access import public_hosts
from repos.search import warm_up

logger = logging.getLogger(__name__)
trimmer = MemoryTrimmer()
# Allocations before a collection of each generation. Python's 700 is for small programs; four
# times as many as here make each pause, and what lies around until it, four times as long.
GARBAGE_THRESHOLDS = (5_000, 20, 50)
Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Lifespan:
    """Wraps an ASGI application and answers the lifespan protocol for it."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await self.application(scope, receive, send)
            return
        await _answer_lifespan(receive, send)


async def _answer_lifespan(receive: Any, send: Any) -> None:
    await receive()  # lifespan.startup
    await startup()
    await send({"type": "lifespan.startup.complete"})
    await receive()  # lifespan.shutdown
    await shutdown()
    await send({"type": "lifespan.shutdown.complete"})


async def startup() -> None:
    """Watch the database, subscribe to stop requests of other processes, and load the
    embedder, the providers and a renderer, which the first question would otherwise wait
    for."""
    set_statement_limit(settings.STATEMENT_SECONDS)
    ping = DatabasePing()
    watch.start(ping, ping.close)
    keep(pubsub.subscribe_to_stops(stop_here))
    keep(in_pool_thread(start_worker))
    await _withdraw_public_hosts()
    await _load_embedder()
    await _load_providers()
    _tune_garbage_collection()
    trimmer.start()


async def shutdown() -> None:
    """Let running answers finish, for at most DRAIN_SECONDS."""
    await runs.drain(settings.DRAIN_SECONDS)
    await slack.finish()
    await sessions.close()
    await providers().close()
    watch.stop()
    trimmer.stop()


async def _withdraw_public_hosts() -> None:
    try:
        await in_thread(public_hosts.withdraw)
    except Error:
        logger.warning("the hosts of repositories could not be checked", exc_info=True)


async def _load_embedder() -> None:
    try:
        await in_thread(warm_up)
    except Exception:
        logger.warning(
            "the embedder could not be loaded; searching by words until it can", exc_info=True
        )


async def _load_providers() -> None:
    try:
        await in_thread(lambda: refreshed_providers().load())
    except Exception:
        logger.warning("the providers could not be loaded", exc_info=True)


def _tune_garbage_collection() -> None:
    # Everything loaded by now stays until the end: scanning it again and again costs a busy
    # server several percent of its time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
