"""Searching a folder by pattern: medians of `repos.search.grep`, and what trigrams cost."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from bench.index import copy_of

PATTERNS = {
    "rare literal": ("get_or_create_or_fail|_prefetch_one_level", {}),
    "none of it found": ("zqxjkvbpw_nowhere", {"is_regex": False}),
    "def .*token": ("def .*token", {}),
    "no fixed letters": (r"\w+\(\)", {}),
}
RUNS = 9


def measure(source: Path) -> dict[str, object]:
    """Index `source` by words and search it by each of PATTERNS."""
    from deepwiki.foundation.sql import fetch_value
    from repos.services import find_for_operator

    with copy_of(source) as folder:
        index_words_of(folder)
        repository = find_for_operator(str(folder))
    results: dict[str, object] = {
        "grep: text, MB": round(fetch_value("SELECT sum(size) FROM repos_document") / 1e6, 1),
        "grep: table and index of trigrams, MB": round(
            fetch_value("SELECT pg_total_relation_size('repos_trigrams')") / 1e6, 1
        ),
    }
    for name, (pattern, options) in PATTERNS.items():
        results |= _timed(repository, name, pattern, options)
    return results


def index_words_of(folder: Path) -> None:
    """Index a folder without vectors."""
    from django.core.management import call_command

    call_command("index_repo", str(folder))


def _timed(repository, name, pattern, options) -> dict[str, object]:
    from repos.access import OPERATOR_ID
    from repos.search.grep import GrepOptions, grep

    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        found = grep([repository.pk], pattern, user_id=OPERATOR_ID, options=GrepOptions(**options))
        times.append(time.perf_counter() - began)
    counts = f"{found.match_count} matches in {found.file_count} of {found.read} files read"
    return {f"grep: {name}": f"{statistics.median(times) * 1000:.1f} ms, {counts}"}
