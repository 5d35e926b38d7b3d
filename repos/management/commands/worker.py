"""`manage.py worker`: runs index jobs until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation

from deepwiki.foundation.priority import make_background_process
from repos import jobs
from repos.access import public_hosts

logger = logging.getLogger(__name__)
RESCUE_SECONDS = 10
STALLED_SECONDS = 30  # without a heartbeat
# Vectors take the interpreter anew after each of many short calls: by default they would wait
# 5 ms each time while a wiki is made.
SWITCH_SECONDS = 0.0005
STOP_SECONDS = 10  # for a running call of an embedder


class Command(BaseCommand):
    help = "Runs index jobs in the background until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--concurrency", type=int, default=settings.INDEX_JOBS, help="How many jobs at once."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        make_background_process(settings.WORKER_NICENESS)
        sys.setswitchinterval(SWITCH_SECONDS)
        public_hosts.withdraw()
        asyncio.run(work(options["concurrency"]))


async def work(concurrency: int) -> None:
    """Run jobs, and rescue those of dead workers, until SIGTERM or SIGINT.

    `concurrency` slots take words only; one thread beside them computes vectors, and one
    slot runs each of the queues of other apps.
    """
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        _stop_on_signals()
        rescuer = asyncio.create_task(_rescue_forever(worker_app))
        vectors = jobs.SlicesThread()
        vectors.start()
        try:
            await asyncio.gather(
                _run_queue(worker_app, "index", concurrency),
                *(_run_queue(worker_app, name, 1) for name in jobs.side_queues),
            )
        except asyncio.CancelledError:
            logger.info("worker stopped")
        finally:
            jobs.stopping.set()
            rescuer.cancel()
            await asyncio.to_thread(vectors.join, STOP_SECONDS)


async def _run_queue(worker_app: Any, name: str, concurrency: int) -> None:
    await worker_app.run_worker_async(
        queues=[name],
        concurrency=concurrency,
        install_signal_handlers=False,
        shutdown_graceful_timeout=2,
        delete_jobs="successful",
        update_heartbeat_interval=5,
        stalled_worker_timeout=STALLED_SECONDS,
    )


def _stop_on_signals() -> None:
    running = asyncio.current_task()
    assert running is not None
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, _stop, running)


def _stop(running: asyncio.Task[Any]) -> None:
    jobs.stopping.set()  # jobs run in threads, which cannot be cancelled
    running.cancel()


async def _rescue_forever(worker_app: Any) -> None:
    while True:
        try:
            await _retry_stalled_messages(worker_app)
            if rescued := await sync_to_async(jobs.rescue)():
                logger.warning("took over %s jobs whose runner died", rescued)
        except Exception:
            logger.exception("looking for stalled jobs failed")
        await asyncio.sleep(RESCUE_SECONDS)


async def _retry_stalled_messages(worker_app: Any) -> None:
    """Requeue the messages, procrastinate's jobs, of dead workers."""
    manager = worker_app.job_manager
    for message in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        try:
            await manager.retry_job(message)
        except UniqueViolation:
            logger.info("stalled job %s is already queued again", message.id)
