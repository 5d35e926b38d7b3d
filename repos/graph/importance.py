"""The files and definitions that matter most. Callers have checked that the index may be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap

from deepwiki.foundation.sql import fetch_all, read_sql
from repos.graph.definitions import COLUMNS, Definition, read_definitions
from repos.indexing.symbols import KINDS
from repos.models import LATEST_GENERATION

TOP_FILES = read_sql(__file__, "top_files.sql")
TOP_SYMBOLS = read_sql(__file__, "top_symbols.sql").format(columns=COLUMNS)
USE_COUNTS = """
SELECT name, users::float / greatest(1, files) FROM repos_name
WHERE index_id = %(index)s AND name = ANY(%(names)s)
"""
MAX_FILES = 1_000
MAX_PER_FILE = 100
MAX_DEFINITIONS = 2_000  # of one file that are compared, the first
MAIN_KINDS = (
    "class interface struct trait enum type module function table view command service".split()
)
KIND_NUMBERS = list(map(KINDS.index, MAIN_KINDS))
OTHERS = 0.3  # the weight of methods, fields and constants
PRIVATE = 0.1


@dataclass(frozen=True)
class RankedFile:
    """A file with its PageRank, 1 on average, and how many files are linked to it."""

    path: str
    language: str
    role: str
    lines: int
    rank: float
    in_degree: int


def top_files(
    index_id: int, limit: int, *, role: str | None = None, at: int = LATEST_GENERATION
) -> list[RankedFile]:
    """The files of the highest PageRank, at most `limit`; of all roles without one given."""
    values = {"index": index_id, "limit": _bounded(limit, MAX_FILES), "role": role, "at": at}
    return list(starmap(RankedFile, fetch_all(TOP_FILES, values)))


def top_symbols(
    index_id: int, paths: Sequence[str], per_file: int, *, at: int = LATEST_GENERATION
) -> dict[str, list[Definition]]:
    """By path, the definitions whose names most files use, at most `per_file` of a file.

    Files without definitions are left out. Of `paths`, the first MAX_FILES are looked at.
    """
    values = {
        "index": index_id,
        "at": at,
        "paths": list(dict.fromkeys(paths))[:MAX_FILES],
        "per_file": _bounded(per_file, MAX_PER_FILE),
        "looked_at": MAX_DEFINITIONS,
        "main_kinds": KIND_NUMBERS,
        "of_others": OTHERS,
        "of_private": PRIVATE,
    }
    found: dict[str, list[Definition]] = {}
    for definition in read_definitions(TOP_SYMBOLS, values):
        found.setdefault(definition.path, []).append(definition)
    return found


def use_counts(index_id: int, names: Sequence[str]) -> dict[str, float]:
    """By name, how many files used it when links were made, for each file that defines it.

    Of the live state: updates change these numbers little.
    """
    return dict(fetch_all(USE_COUNTS, {"index": index_id, "names": list(names)}))


def _bounded(limit: int, largest: int) -> int:
    return max(0, min(limit, largest))
