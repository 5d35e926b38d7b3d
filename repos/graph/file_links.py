"""Reads the links between files. Callers have checked that the index may be read."""

from __future__ import annotations

from dataclasses import dataclass

from deepwiki.foundation.sql import Row, fetch_all, read_sql
from repos.graph.edges import EdgeKind
from repos.graph.name_keys import path_key
from repos.models import LATEST_GENERATION

FILE_EDGES = read_sql(__file__, "file_edges.sql")
TESTS_OF_FILE = read_sql(__file__, "tests_of_file.sql")
MAX_LINKED = 200  # files of one direction that are given
MAX_TESTS = 50
MAX_LOOKED_AT = 5_000  # of those linked to one file, among which the weight decides


@dataclass(frozen=True)
class FileEdge:
    """The other file of a link, why they are linked, and how strongly."""

    path: str
    language: str
    role: str
    kinds: EdgeKind
    weight: float


@dataclass(frozen=True)
class FileLinks:
    """The links from a file and to it, each the strongest first."""

    outgoing: tuple[FileEdge, ...] = ()
    incoming: tuple[FileEdge, ...] = ()


def file_edges(
    index_id: int, path: str, *, limit: int = MAX_LINKED, at: int = LATEST_GENERATION
) -> FileLinks:
    """What a file is linked to, and what is linked to it: at most `limit` of each."""
    rows = fetch_all(FILE_EDGES, {"index": index_id, **_values(index_id, path, limit, at)})
    outgoing = tuple(_edge(row[1:]) for row in rows if row[0])
    incoming = tuple(_edge(row[1:]) for row in rows if not row[0])
    return FileLinks(outgoing, incoming)


def tests_of(
    index_id: int,
    path: str,
    *,
    at: int = LATEST_GENERATION,  # noqa: PT028 - no test
) -> list[FileEdge]:
    """The tests that are linked to a file: those named after it, then by weight; up to MAX_TESTS."""
    values = {"test": int(EdgeKind.TEST), **_values(index_id, path, MAX_TESTS, at)}
    return list(map(_edge, fetch_all(TESTS_OF_FILE, {"index": index_id, **values})))


def _values(index_id: int, path: str, limit: int, at: int) -> dict[str, int]:
    return {
        "key": path_key(index_id, path),
        "at": at,
        "limit": max(0, min(limit, MAX_LINKED)),
        "looked_at": MAX_LOOKED_AT,
    }


def _edge(row: Row) -> FileEdge:
    path, language, role, kinds, weight = row
    return FileEdge(path, language, role, EdgeKind(kinds), weight)
