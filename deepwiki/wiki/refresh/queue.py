"""Requests that the pages of a wiki are looked at again, at most one of a wiki in the queue."""

from __future__ import annotations

import contextlib

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from deepwiki.wiki.contributions.note_recheck import outdated_notes
from deepwiki.wiki.ledger.standing import newest_versions
from deepwiki.wiki.models import Wiki
from repos.models import Repository

QUEUE = "wiki"


def request(repository: Repository) -> bool:
    """Send a message, if claims or notes were looked for at another commit than the index's.

    Whether one is in the queue now.
    """
    repository.refresh_from_db()
    index = repository.current_index
    wiki = Wiki.objects.filter(repository=repository, is_disabled=False).first()
    if index is None or wiki is None:
        return False
    if not _is_outdated(wiki, index.commit):
        return False
    enqueue(wiki)
    return True


def _is_outdated(wiki: Wiki, commit: str) -> bool:
    versions = newest_versions(wiki).exclude(checked_commit__in=["", commit])
    return versions.exists() or outdated_notes(wiki, commit).exists()


def enqueue(wiki: Wiki, user_id: int | None = None, *, is_requested: bool = False) -> None:
    """Send a message, unless one like it waits already; see `runner.run`."""
    # By name: the task calls the runner, which stands above this module.
    lock = f"wiki-{wiki.pk}-{is_requested}"
    task = app.configure_task("wiki.refresh", queue=QUEUE, queueing_lock=lock)
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(wiki_id=wiki.pk, user_id=user_id, is_requested=is_requested)
