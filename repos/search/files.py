"""Files of an index, read as they were indexed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from django.db import connection

from repos.models import Document, Repository
from repos.search.passages import PersonId, SearchHit


def with_texts(passages: list[SearchHit]) -> list[SearchHit]:
    """The passages with their lines filled in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, text FROM repos_document WHERE id = ANY(%s)",
            [[p.document_id for p in passages]],
        )
        texts: dict[int, str] = dict(cursor.fetchall())
    return [
        replace(p, text="\n".join(texts[p.document_id].split("\n", p.end)[p.start - 1 : p.end]))
        for p in passages
        if p.document_id in texts
    ]


def read_file(repository: Repository, path: str, user_id: int | None) -> Document | None:
    """A file of the current index, looked up as an entry of the indexed tree and never as a path on disk."""
    readable = Repository.objects.readable_by(PersonId(user_id)).filter(pk=repository.pk)
    return Document.objects.filter(
        index_id__in=readable.values("current_index_id"),
        path=path.removeprefix("./").removeprefix("/"),
        is_live=True,
    ).first()


@lru_cache(maxsize=8)
def line_counts(index_id: int, updated_at: datetime) -> dict[str, int]:
    """How many lines each file of an index has. `updated_at` is its own: an index that changed is read anew."""
    return dict(
        Document.objects.filter(index_id=index_id, is_live=True).values_list("path", "lines")
    )


def outline(index_id: int) -> tuple[list[str], list[str]]:
    """What a repository mostly consists of: its largest folders of code, and its classes with the most passages."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT split_part(path, '/', CASE WHEN path LIKE 'src/%%' THEN 2 ELSE 1 END) AS folder
            FROM repos_document WHERE index_id = %s AND is_live AND role = 'code' AND path LIKE '%%/%%'
            GROUP BY 1 ORDER BY sum(lines) DESC, 1 LIMIT 3
            """,
            [index_id],
        )
        folders = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """
            SELECT split_part(c.symbol, '.', 1) AS name FROM repos_chunk c
            WHERE c.index_id = %s AND c.is_live AND c.role = 'code' AND c.symbol ~ '^[A-Z][A-Za-z0-9]+[.]'
            GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 3
            """,
            [index_id],
        )
        return folders, [row[0] for row in cursor.fetchall()]
