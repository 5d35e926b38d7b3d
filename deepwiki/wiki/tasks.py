"""Background tasks of the wiki. The `WikiBuild` rows tell how builds went."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from django.db import connections
from procrastinate.contrib.django import app

from deepwiki.foundation.priority import lower_priority
from deepwiki.wiki import builds, refresh
from deepwiki.wiki.translation import page_requests

LOWER_BY = 14  # of the worker's own niceness: vectors and words come first


@app.task(queue="wiki", name="wiki.run_build")
def run_build(build_id: str) -> None:
    """Make the wiki that waits longest, not always the one of this message."""
    _run_slowly(builds.run_next)


@app.task(queue="wiki", name="wiki.refresh")
def refresh_wiki(wiki_id: int, user_id: int | None = None, *, is_requested: bool = False) -> None:
    """Look at the pages of a wiki again: its index was switched, or somebody asked for it."""
    _run_slowly(partial(refresh.run, wiki_id, user_id, is_requested=is_requested))


@app.task(queue="wiki", name="wiki.translate_page")
def translate_page(request_id: int) -> None:
    """Translate a page by a model, for a `TranslationRequest`."""
    _run_slowly(partial(page_requests.run_request, request_id))


@app.periodic(cron="* * * * *")
@app.task(queue="index", name="wiki.rescue_builds")
def rescue_builds(timestamp: int) -> None:
    """Take up builds and translations whose worker died."""
    builds.rescue()
    page_requests.rescue()


def _run_slowly(function: Callable[[], object]) -> None:
    """In a thread of its own: the priority of one cannot be raised again."""
    thread = threading.Thread(target=_run, args=(function,), name="wiki")
    thread.start()
    thread.join()


def _run(function: Callable[[], object]) -> None:
    lower_priority(LOWER_BY)
    try:
        function()
    finally:
        connections.close_all()
