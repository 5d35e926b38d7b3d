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


def file_versions(
    index_id: int, paths: Iterable[str], *, at: int = LATEST_GENERATION
) -> dict[str, FileVersion]:
    """Files by path; none that are large or gone. `at` is the generation of a snapshot."""
    documents = Document.objects.at(index_id, at).filter(path__in=_possible(paths))
    rows = documents.filter(size__lte=MAX_BYTES).values_list("path", "sha", "text")
    return {path: FileVersion(path, sha, text) for path, sha, text in rows}


def content_ids(
    index_id: int, paths: Iterable[str], *, at: int = LATEST_GENERATION
) -> dict[str, str]:
    """The id of the content of each file that is there, by path; `at` as above."""
    documents = Document.objects.at(index_id, at).filter(path__in=_possible(paths))
    return dict(documents.values_list("path", "sha"))


def _possible(paths: Iterable[str]) -> list[str]:
    """Without paths that the database cannot hold."""
    return [path for path in paths if clean(path) == path]
