"""Indexing with the built-in embedders, and a web server beside it. Takes many minutes."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from bench.health_probe import ask_health
from bench.index import copy_of, search_ms
from bench.processes import (
    HealthProbe,
    health_figures,
    resident_mib,
    start_indexing,
    start_server,
)

POLL_SECONDS = 0.2
STOP_SECONDS = 40
LOCAL = {"DEEPWIKI_EMBEDDER": "local", "DEEPWIKI_TEST_STATIC": "1"}
FIRST_ANSWER = "local: seconds to the first answer by words"
MAIN_VECTORS = "local: seconds to the main vectors"


def measure(source: Path) -> dict[str, object]:
    """Index in a process of its own, and ask a web server for its health meanwhile."""
    port, server = start_server("deepwiki.server", env={**os.environ, **LOCAL})
    try:
        with copy_of(source) as folder:
            ask_health(port)
            probe = HealthProbe(port)
            results = _index(folder)
            results |= health_figures("indexing", probe.stop())
            results |= _search(folder)
            return results
    finally:
        server.terminate()
        server.wait(STOP_SECONDS)


def _index(folder: Path) -> dict[str, object]:
    results: dict[str, object] = {}
    began = time.perf_counter()
    indexing = start_indexing(folder, **LOCAL)
    peak = 0
    while indexing.poll() is None:
        peak = max(peak, resident_mib(indexing.pid))
        repository = _repository(folder)
        seconds = round(time.perf_counter() - began, 1)
        if repository is not None:
            results.setdefault(FIRST_ANSWER, seconds)
            if MAIN_VECTORS not in results and _has_main_vectors(repository):
                results[MAIN_VECTORS] = seconds
        time.sleep(POLL_SECONDS)
    results["local: seconds to all vectors"] = round(time.perf_counter() - began, 1)
    results["local: peak memory of the indexing process, MiB"] = peak
    return results


def _search(folder: Path) -> dict[str, object]:
    from django.conf import settings

    repository = _repository(folder)
    settings.EMBEDDER = "local"
    return {
        "local: chunks": repository.current_index.chunks,
        "local: search median ms, question's vector included": search_ms(repository),
    }


def _repository(folder: Path) -> Any:
    """The repository of a folder once it has an index; None before."""
    from repos.models import Repository

    indexed = Repository.objects.select_related("current_index").exclude(current_index=None)
    return indexed.filter(url=str(folder.resolve())).first()


def _has_main_vectors(repository: Any) -> bool:
    from repos.models import Embedding

    index = repository.current_index
    vectors = Embedding.objects.filter(index=index, embedder__contains="MiniLM")
    return vectors.count() >= index.chunks
