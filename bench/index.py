"""Indexing and searching, with an embedder that answers at once, so that it is our own work that is measured."""

from __future__ import annotations

import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def copy_of(source: Path) -> Iterator[Path]:
    """A copy of the source that may be changed."""
    folder = Path(tempfile.mkdtemp(prefix="bench-source-"))
    copy = folder / source.name
    shutil.copytree(
        source,
        copy,
        symlinks=True,
        ignore=shutil.ignore_patterns(".git", ".venv", "data", "node_modules"),
    )
    try:
        yield copy
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(source: Path, searching: bool) -> dict[str, object]:
    """Index a copy of `source`, change one file, search."""
    from repos import jobs
    from repos.services import add
    from repos.sources import parse_address

    results: dict[str, object] = {}
    with copy_of(source) as copy:
        repository = add(parse_address(str(copy), "local"), None)
        began = time.perf_counter()
        seen: dict[str, float] = {}
        asked = jobs.request(repository, start=False)[0]
        job = jobs.run(
            asked.pk,
            jobs.JobProgress(
                asked, lambda now: seen.setdefault(now.stage, time.perf_counter() - began) and None
            ),
        )
        took = time.perf_counter() - began
        assert job.state == "done", job.error
        results |= {
            "index: files": job.result["files"],
            "index: chunks": job.result["chunks"],
            "index: seconds": round(took, 2),
            "index: chunks a second": round(job.result["chunks"] / took),
        }
        # Vectors are computed after the switch: when their stage begins, words answer.
        results["index: chunks a second, through to the switch"] = round(
            job.result["chunks"] / seen["embedding"]
        )
        results["index: peak memory, MiB"] = round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        )
        changed = next(path for path in sorted(copy.rglob("*.py")) if path.stat().st_size > 500)
        changed.write_text(
            changed.read_text(errors="replace")
            + "\n\ndef changed_by_the_measurement():\n    return 1\n"
        )
        began = time.perf_counter()
        job = jobs.run(jobs.request(repository, start=False)[0].pk)
        results["re-index after one changed file, seconds"] = round(time.perf_counter() - began, 2)
        assert job.result["written"] == 1
        if searching:
            results["search: median ms, 8 questions x 10"] = search_ms(repository)
    return results


def search_ms(repository: object) -> float:
    from repos.search import search

    took = []
    for _ in range(10):
        for question in QUESTIONS:
            began = time.perf_counter()
            search([repository.pk], question, user_id=None)
            took.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(took), 1)
