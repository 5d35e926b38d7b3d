"""Keeps pages that a model wrote fresh: looks for their claims again after each indexing."""

from deepwiki.wiki.refresh.page_model import default_provider
from deepwiki.wiki.refresh.queue import enqueue, request
from deepwiki.wiki.refresh.refresher import expected_cost
from deepwiki.wiki.refresh.runner import run

__all__ = ["default_provider", "enqueue", "expected_cost", "request", "run"]
