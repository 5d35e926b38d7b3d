"""Metrics of this process in Prometheus' text format, served at /metrics.

Connections, errors, open sockets, running answers and memory tell how the chat is doing; the
histograms tell where the time goes. Each process counts for itself; Prometheus adds up.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import psutil
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

registry = CollectorRegistry()
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)  # seconds

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
citations = Counter(
    "deepwiki_citations",
    "Citations of stored answers, by provider and state: read (the model had every cited line"
    " before it), exists (in the commit, not read), missing.",
    ["provider", "state"],
    registry=registry,
)
tool_calls = Counter(
    "deepwiki_tool_calls",
    "Calls of tools by models, by tool and how they ended.",
    ["tool", "state"],
    registry=registry,
)
tool_seconds = Histogram(
    "deepwiki_tool_seconds", "Calls of tools.", ["tool"], buckets=BUCKETS, registry=registry
)
agent_events = Counter(
    "deepwiki_agent_events",
    "What agents did: how they ended (end_answered, end_turns, end_repeating, end_time), and"
    " what went wrong on the way.",
    ["event"],
    registry=registry,
)
first_token_seconds = Histogram(
    "deepwiki_first_token_seconds",
    "From the question to the first word.",
    ["provider"],
    buckets=BUCKETS,
    registry=registry,
)
retrieval_seconds = Histogram(
    "deepwiki_retrieval_seconds", "Finding passages.", buckets=BUCKETS, registry=registry
)
memory_bytes = Gauge("deepwiki_memory_bytes", "Resident memory of this process.", registry=registry)
index_jobs = Gauge(
    "deepwiki_index_jobs", "Index jobs, by state, from the database.", ["state"], registry=registry
)
index_last_seconds = Gauge(
    "deepwiki_index_last_seconds",
    "How long the last finished index job took, from the database.",
    registry=registry,
)


def exposition() -> tuple[bytes, str]:
    """All metrics as text, and its content type."""
    memory_bytes.set(psutil.Process().memory_info().rss)
    return generate_latest(registry), CONTENT_TYPE_LATEST
