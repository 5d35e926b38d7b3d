"""Files of an index, as they were indexed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from django.db import connection

from deepwiki.foundation.sql_files import read_sql
from repos.access import PersonId
from repos.models import Document, Repository
from repos.search.passages import SearchHit

LARGEST_FOLDERS = read_sql(__file__, "largest_folders.sql")
LARGEST_CLASSES = read_sql(__file__, "largest_classes.sql")


def with_texts(hits: Sequence[SearchHit]) -> list[SearchHit]:
    """The hits with their text; those whose document was deleted meanwhile are left out."""
    documents = [hit.document_id for hit in hits]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, text FROM repos_document WHERE id = ANY(%s)", [documents])
        texts: dict[int, str] = dict(cursor.fetchall())
    return [
        replace(hit, text=_lines(texts[hit.document_id], hit.start, hit.end))
        for hit in hits
        if hit.document_id in texts
    ]


def read_file(repository: Repository, path: str, user_id: int | None) -> Document | None:
    """A file of the current index that the user may read. `path` is looked up, never opened."""
    readable = Repository.objects.readable_by(PersonId(user_id)).filter(pk=repository.pk)
    return Document.objects.filter(
        index_id__in=readable.values("current_index_id"),
        path=path.removeprefix("./").removeprefix("/"),
        is_live=True,
    ).first()


@lru_cache(maxsize=8)
def line_counts(index_id: int, updated_at: datetime) -> dict[str, int]:
    """Number of lines by path. `updated_at` is the index's own: a changed index is read again."""
    documents = Document.objects.filter(index_id=index_id, is_live=True)
    return dict(documents.values_list("path", "lines"))


def outline(index_id: int) -> tuple[list[str], list[str]]:
    """The names of up to three of the largest code folders and of the largest classes."""
    with connection.cursor() as cursor:
        cursor.execute(LARGEST_FOLDERS, {"index": index_id})
        folders = [name for (name,) in cursor.fetchall()]
        cursor.execute(LARGEST_CLASSES, {"index": index_id})
        classes = [name for (name,) in cursor.fetchall()]
    return folders, classes


def _lines(text: str, start: int, end: int) -> str:
    return "\n".join(text.split("\n", end)[start - 1 : end])
