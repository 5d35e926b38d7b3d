"""Keeps pages that a model wrote fresh: looks for their claims again after each indexing."""

from deepwiki.wiki.refresh.queue import enqueue, request
from deepwiki.wiki.refresh.runner import run

__all__ = ["enqueue", "request", "run"]
