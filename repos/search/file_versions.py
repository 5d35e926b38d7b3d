"""Files of an index with the ids of their contents, by which a changed file is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deepwiki.foundation.text import clean
from repos.models import LATEST_GENERATION, Document

MAX_BYTES = 1_000_000  # of a file that is read


@dataclass(frozen=True, slots=True)
class FileVersion:
    """A file as it was indexed; `sha` is the id of its content."""

    path: str
    sha: str
    text: str


@dataclass(frozen=True, slots=True)
class FileState:
    """What an index knows of a file without its text: `added_in` is a generation."""

    sha: str
    size: int
    added_in: int


def file_versions(
    index_id: int, paths: Iterable[str], *, at: int = LATEST_GENERATION
) -> dict[str, FileVersion]:
    """Files by path; none that are large or gone. `at` is the generation of a snapshot."""
    documents = Document.objects.at(index_id, at).filter(path__in=_possible(paths))
    rows = documents.filter(size__lte=MAX_BYTES).values_list("path", "sha", "text")
    return {path: FileVersion(path, sha, text) for path, sha, text in rows}


def file_states(index_id: int, *, at: int = LATEST_GENERATION) -> dict[str, FileState]:
    """All files of an index, by path; `at` as above."""
    rows = Document.objects.at(index_id, at).values_list("path", "sha", "size", "added_in")
    return {path: FileState(sha, size, added) for path, sha, size, added in rows}


def _possible(paths: Iterable[str]) -> list[str]:
    """Without paths that the database cannot hold."""
    return [path for path in paths if clean(path) == path]
