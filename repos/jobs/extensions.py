"""What apps above this one add to jobs and workers: they fill these lists at start."""

from __future__ import annotations

import logging
from collections.abc import Callable

from repos.models import Repository

logger = logging.getLogger(__name__)

# Called with a repository whose index answers questions and may be another one than before:
# once its words are stored, and once its vectors are. They only request work.
after_indexing: list[Callable[[Repository], None]] = []

# Queues of procrastinate of which a worker runs one message at a time beside its index jobs.
side_queues: list[str] = []


def notify(repository: Repository) -> None:
    """Call what is in `after_indexing`; what fails there does not touch the index job."""
    for call in after_indexing:
        try:
            call(repository)
        except Exception:
            logger.exception("what follows the indexing of a repository failed")
