"""The code graph of a source tree: extraction, storing, linking, look-ups, bytes.

Times of extraction are CPU seconds of this process; those of storing and of look-ups are by
the clock, since the database does half of the work. Names to look up are drawn among the
definitions, so often-defined ones are drawn more often.
"""

from __future__ import annotations

import random
import statistics
import time
from pathlib import Path
from typing import Any

from bench.index import ADDED, copy_of

LOOKUPS = 300
BATCH = 100  # documents that are written at once, as the pipeline does
GRAPH = ("repos_graphdefinition", "repos_graphreferences", "repos_graphfile")
CHUNKS = ("repos_document", "repos_chunk", "repos_term")


def measure(source: Path) -> dict[str, object]:
    """Index a copy of `source`, then make its graph once more by itself, and look names up."""
    from repos.jobs import request, run
    from repos.services import add
    from repos.sources import parse_address

    with copy_of(source) as copy:
        repository = add(parse_address(str(copy), "local"), None)
        began = time.perf_counter()
        run(request(repository, start=False)[0].pk)
        indexed = time.perf_counter() - began
        repository.refresh_from_db()
        index_id = repository.current_index_id
        results = {"index in all: s": indexed} | _bytes() | _made_again(index_id)
        results |= _lookups(index_id)
        changed = next(path for path in copy.rglob("*.py") if path.stat().st_size > 2_000)
        changed.write_text(changed.read_text() + ADDED)
        began = time.perf_counter()
        run(request(repository, start=False)[0].pk)
        results["one changed file: s"] = time.perf_counter() - began
    return {name: round(value, 3) for name, value in results.items()}


def _made_again(index_id: int) -> dict[str, float]:
    from django.db import transaction

    from deepwiki.foundation.sql import execute, fetch_all
    from repos.graph import link_index, write_symbols
    from repos.indexing.symbols import file_symbols
    from repos.indexing.syntax_trees import syntax_tree

    documents = fetch_all(
        "SELECT id, language, text FROM repos_document WHERE index_id = %s", [index_id]
    )
    trees = [
        (pk, language, text, syntax_tree(language, text, text.split("\n")))
        for pk, language, text in documents
    ]
    parsed = [row for row in trees if row[3] is not None]
    began = time.process_time()
    found = [(pk, file_symbols(language, tree)) for pk, language, _, tree in parsed]
    extraction = time.process_time() - began
    python = [row for row in parsed if row[1] == "python"]
    began = time.process_time()
    for _, language, _, tree in python:
        file_symbols(language, tree)
    python_seconds = time.process_time() - began
    python_bytes = sum(len(tree.data) for _, _, _, tree in python)
    for table in GRAPH:
        execute(f"DELETE FROM {table}")
        execute(f"VACUUM {table}")
    symbols = [(pk, one) for pk, one in found if one is not None]
    began = time.perf_counter()
    for start in range(0, len(symbols), BATCH):
        with transaction.atomic():
            write_symbols(index_id, symbols[start : start + BATCH])
    storing = time.perf_counter() - began
    execute("ANALYZE " + ", ".join(GRAPH))
    began = time.perf_counter()
    with transaction.atomic():
        link_index(index_id)
    linking = time.perf_counter() - began
    return {
        "code files": len(symbols),
        "definitions": sum(len(one.definitions) for _, one in symbols),
        "places": sum(len(places) for _, one in symbols for places in one.references.values()),
        "extraction: CPU s": extraction,
        "extraction of Python: MB/s": python_bytes / 1e6 / python_seconds,
        "storing: s": storing,
        "linking: s": linking,
        "extraction, storing and linking: s": extraction + storing + linking,
    }


def _bytes() -> dict[str, float]:
    graph, chunks = _size(GRAPH), _size(CHUNKS)
    return {
        "graph: MB": graph / 1e6,
        "chunks' tables: MB": chunks / 1e6,
        "graph / chunks": graph / chunks,
    }


def _size(tables: tuple[str, ...]) -> int:
    from deepwiki.foundation.sql import fetch_value

    return sum(int(fetch_value("SELECT pg_total_relation_size(%s)", [table])) for table in tables)


def _lookups(index_id: int) -> dict[str, float]:
    from deepwiki.foundation.sql import fetch_all
    from repos import graph

    rows = fetch_all(
        "SELECT s.name, d.path FROM repos_graphdefinition s JOIN repos_document d "
        "ON d.id = s.document_id ORDER BY s.document_id, s.position"
    )
    chosen = random.Random(1).sample(rows, min(LOOKUPS, len(rows)))
    calls: dict[str, Any] = {
        "definitions of a name": lambda name, path: graph.definitions(
            index_id, name, from_path=path
        ),
        "references to a name": lambda name, path: graph.references(index_id, name),
        "references to a definition": lambda name, path: graph.references(
            index_id, name, definition=graph.definitions(index_id, name, from_path=path)[0]
        ),
        "callers": lambda name, path: graph.callers(
            index_id, graph.definitions(index_id, name, from_path=path)[0]
        ),
        "outline": lambda name, path: graph.outline(index_id, path),
    }
    results = {}
    for title, call in calls.items():
        times = [_milliseconds(call, *row) for row in chosen]
        results[f"{title}: p50 ms"] = statistics.median(times)
        results[f"{title}: p95 ms"] = statistics.quantiles(times, n=20)[18]
    return results


def _milliseconds(call: Any, name: str, path: str) -> float:
    began = time.perf_counter()
    call(name, path)
    return (time.perf_counter() - began) * 1000
