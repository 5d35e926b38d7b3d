"""Builds of wikis: requested once, made page by page by one worker, taken over when it dies."""

from deepwiki.wiki.builds.claims import rescue
from deepwiki.wiki.builds.queue import (
    FROM_CODE,
    BuildOrder,
    WikiDisabled,
    cancel,
    is_outdated,
    pause,
    request,
    resume,
    retry_failed,
)
from deepwiki.wiki.builds.runner import run, run_next

__all__ = [
    "FROM_CODE",
    "BuildOrder",
    "WikiDisabled",
    "cancel",
    "is_outdated",
    "pause",
    "request",
    "rescue",
    "resume",
    "retry_failed",
    "run",
    "run_next",
]
