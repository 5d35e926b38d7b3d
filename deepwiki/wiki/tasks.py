"""Background tasks of the wiki. The `WikiBuild` rows tell how builds went."""

from __future__ import annotations

import threading

from django.db import connections
from procrastinate.contrib.django import app

from deepwiki.foundation.priority import lower_priority
from deepwiki.wiki import builds

LOWER_BY = 14  # of the worker's own niceness: vectors and words come first


@app.task(queue="wiki", name="wiki.run_build")
def run_build(build_id: str) -> None:
    """Make the wiki that waits longest, not always the one of this message."""
    # In a thread of its own: the priority of one cannot be raised again.
    thread = threading.Thread(target=_run_next, name="wiki")
    thread.start()
    thread.join()


@app.periodic(cron="* * * * *")
@app.task(queue="index", name="wiki.rescue_builds")
def rescue_builds(timestamp: int) -> None:
    """Take up builds whose worker died."""
    builds.rescue()


def _run_next() -> None:
    lower_priority(LOWER_BY)
    try:
        builds.run_next()
    finally:
        connections.close_all()
