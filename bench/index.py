"""Indexing and searching, with an embedder that costs nothing, so that our own work is
measured."""

from __future__ import annotations

import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

QUESTIONS = [
    "How are migrations applied to the database?",
    "Where is the session cookie set?",
    "What happens when a request times out?",
    "How does the ORM build a join?",
    "Which class renders templates?",
    "How is a password hashed and checked?",
    "Where are signals connected and sent?",
    "How does the cache decide that an entry is stale?",
]
ROUNDS = 10  # each question is searched for this often
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "data", "node_modules")
ADDED = "\n\ndef changed_by_the_measurement():\n    return 1\n"


@contextmanager
def copy_of(source: Path) -> Iterator[Path]:
    """A copy of the source that may be changed, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bench-source-"))
    copy = folder / source.name
    shutil.copytree(source, copy, symlinks=True, ignore=LEFT_OUT)
    try:
        yield copy
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(source: Path, *, with_search: bool) -> dict[str, object]:
    """Index a copy of `source`, change one file and index again, search."""
    from repos.services import add
    from repos.sources import parse_address

    results: dict[str, object] = {}
    with copy_of(source) as copy:
        repository = add(parse_address(str(copy), "local"), None)
        results |= _first_index(repository)
        results |= _second_index(repository, copy)
        if with_search:
            results["search: median ms, 8 questions x 10"] = search_ms(repository)
    return results


def search_ms(repository: Any) -> float:
    """Median milliseconds of a search."""
    from repos.access import OPERATOR_ID
    from repos.search import search

    milliseconds = []
    for question in QUESTIONS * ROUNDS:
        began = time.perf_counter()
        search([repository.pk], question, user_id=OPERATOR_ID)
        milliseconds.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(milliseconds), 1)


def _first_index(repository: Any) -> dict[str, object]:
    from repos import jobs

    began = time.perf_counter()
    stage_began: dict[str, float] = {}

    def note_stage(job: Any) -> None:
        stage_began.setdefault(job.stage, time.perf_counter() - began)

    queued = jobs.request(repository, start=False)[0]
    job = jobs.run(queued.pk, jobs.JobProgress(queued, note_stage))
    seconds = time.perf_counter() - began
    assert job.state == "done", job.error
    chunks = job.result["chunks"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "index: files": job.result["files"],
        "index: chunks": chunks,
        "index: seconds": round(seconds, 2),
        "index: chunks a second": round(chunks / seconds),
        # Vectors are computed after the switch: from then on, words find passages.
        "index: chunks a second, through to the switch": round(chunks / stage_began["embedding"]),
        "index: peak memory, MiB": round(peak),
    }


def _second_index(repository: Any, copy: Path) -> dict[str, object]:
    from repos import jobs

    changed = next(path for path in sorted(copy.rglob("*.py")) if path.stat().st_size > 500)
    changed.write_text(changed.read_text(errors="replace") + ADDED)
    began = time.perf_counter()
    job = jobs.run(jobs.request(repository, start=False)[0].pk)
    assert job.result["written"] == 1
    seconds = time.perf_counter() - began
    return {"re-index after one changed file, seconds": round(seconds, 2)}
