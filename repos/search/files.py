"""Files of an index, as they were indexed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet

from deepwiki.foundation.sql import fetch_all, fetch_column, fetch_value, read_sql
from repos.indexing import chunk_text
from repos.models import Document, Repository
from repos.search.passages import SearchHit
from repos.search.snapshots import IndexSnapshot
from repos.search.targets import (
    find_readable_indexes,
    is_readable,
    readable_indexes,
    target_values,
)

LARGEST_FOLDERS = read_sql(__file__, "largest_folders.sql")
MAX_HIT_CHARS = 4_000
FILE_TEXT = read_sql(__file__, "file_text.sql")
LARGEST_CLASSES = read_sql(__file__, "largest_classes.sql")


def with_texts(hits: Sequence[SearchHit]) -> list[SearchHit]:
    """The hits with their text, without those whose document was deleted meanwhile."""
    texts = _texts([hit.document_id for hit in hits])
    present = [hit for hit in hits if hit.document_id in texts]
    return [hit._replace(text=_text(texts[hit.document_id], hit)) for hit in present]


def read_file(
    source: Repository | IndexSnapshot, path: str, user_id: int | None
) -> Document | None:
    """A file of a snapshot or of a repository's current index, if the user may read it.

    `path` is looked up among the indexed ones and never opened.
    """
    documents = _documents(source, user_id)
    return documents.filter(path=path.removeprefix("./").removeprefix("/")).first()


def read_text(snapshot: IndexSnapshot, path: str, user_id: int | None) -> str | None:
    """The text of a file of a snapshot, if the user may read it: one statement."""
    statement = FILE_TEXT.format(indexes=readable_indexes([snapshot]))
    values = {**target_values([snapshot], user_id), "path": path}
    text: str | None = fetch_value(statement, values)
    return text


def _documents(source: Repository | IndexSnapshot, user_id: int | None) -> QuerySet[Document]:
    """The files that the user may read."""
    if isinstance(source, Repository):
        indexes = [index.id for index in find_readable_indexes([source.pk], user_id)]
        return Document.objects.filter(index_id__in=indexes, is_live=True)
    if not is_readable(source, user_id):
        return Document.objects.none()
    return Document.objects.at(source.index_id, source.generation)


@lru_cache(maxsize=8)
def line_counts(index_id: int, updated_at: datetime) -> dict[str, int]:
    """The number of lines by path.

    `updated_at` is the index's: a changed one is read again.
    """
    return _lines(Document.objects.filter(index_id=index_id, is_live=True))


@lru_cache(maxsize=8)
def snapshot_line_counts(index_id: int, generation: int) -> dict[str, int]:
    """The number of lines by path, of a snapshot whose hold has not expired."""
    return _lines(Document.objects.at(index_id, generation))


def _lines(documents: QuerySet[Document]) -> dict[str, int]:
    return dict(documents.values_list("path", "lines"))


def outline(index_id: int) -> tuple[list[str], list[str]]:
    """The names of up to three of the largest code folders and classes."""
    return _names(LARGEST_FOLDERS, index_id), _names(LARGEST_CLASSES, index_id)


def _names(statement: str, index_id: int) -> list[str]:
    return fetch_column(statement, {"index": index_id})


def _texts(documents: list[int]) -> dict[int, str]:
    statement = "SELECT id, text FROM repos_document WHERE id = ANY(%s)"
    return dict(fetch_all(statement, [documents]))


def _text(text: str, hit: SearchHit) -> str:
    """The text of a hit; a chunk of an index made before lines were cut can be too long."""
    return chunk_text(hit.language, text.split("\n", hit.end), hit)[:MAX_HIT_CHARS]
