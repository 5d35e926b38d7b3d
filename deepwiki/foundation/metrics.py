"""The figures this server is run by, in Prometheus' form at /metrics.

Five tell how the chat is doing: how many connections succeed, how long the first word takes, what goes wrong, how much is
open and running, and memory. The others tell where the time goes. Counted per process; the monitoring program adds up.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

registry = CollectorRegistry()
SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)

connections = Counter(
    "deepwiki_connections",
    "WebSocket handshakes, by how they ended.",
    ["outcome"],
    registry=registry,
)
open_sockets = Gauge("deepwiki_open_sockets", "WebSockets open now.", registry=registry)
running_answers = Gauge("deepwiki_running_answers", "Answers being written now.", registry=registry)
answers = Counter(
    "deepwiki_answers",
    "Answers, by provider and how they ended.",
    ["provider", "state"],
    registry=registry,
)
errors = Counter(
    "deepwiki_errors", "What askers were told went wrong, by kind.", ["code"], registry=registry
)
first_token = Histogram(
    "deepwiki_first_token_seconds",
    "From the question to the first word.",
    ["provider"],
    buckets=SECONDS,
    registry=registry,
)
retrieval = Histogram(
    "deepwiki_retrieval_seconds", "Finding passages.", buckets=SECONDS, registry=registry
)
memory = Gauge("deepwiki_memory_bytes", "Resident memory of this process.", registry=registry)
indexing = Gauge(
    "deepwiki_index_jobs", "Index jobs, by state, from the database.", ["state"], registry=registry
)
indexing_seconds = Gauge(
    "deepwiki_index_last_seconds",
    "How long the last finished index job took, from the database.",
    registry=registry,
)


def exposition() -> tuple[bytes, str]:
    """All figures as text, and its content type."""
    memory.set(psutil.Process(os.getpid()).memory_info().rss)
    return generate_latest(registry), CONTENT_TYPE_LATEST


@contextmanager
def timed(histogram: Histogram) -> Iterator[None]:
    """Observe how long the block takes."""
    began = time.perf_counter()
    try:
        yield
    finally:
        histogram.observe(time.perf_counter() - began)
