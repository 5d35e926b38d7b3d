"""Who may read a repository, as SQL: for the statements that are written out. `RepositoryQuerySet.readable_by` says the same.

A test asks both for every kind of person and repository.
"""

from __future__ import annotations

import json

from django.db import connection

from repos.models import Index, Repository

# `r` is the repository's row, `user` the person's id or NULL.
READABLE = """(NOT r.is_private
           OR r.added_by_id = %(user)s
           OR EXISTS (SELECT 1 FROM repos_repository_readers g WHERE g.repository_id = r.id AND g.user_id = %(user)s)
           OR EXISTS (SELECT 1 FROM repos_repository_reader_groups g JOIN auth_user_groups u ON u.group_id = g.group_id
                      WHERE g.repository_id = r.id AND u.user_id = %(user)s))"""
OF_REPOSITORY = [field.attname for field in Repository._meta.concrete_fields]
OF_INDEX = ["id", "repository_id", "commit", "state", "embedders", "chunks", "updated_at"]
FIND = f"""
SELECT {", ".join(f"r.{name}" for name in OF_REPOSITORY)}, {", ".join(f"i.{name}" for name in OF_INDEX)}
FROM repos_repository r LEFT JOIN repos_index i ON i.id = r.current_index_id
WHERE r.url = %(url)s AND r.revision = %(revision)s AND {READABLE}
  AND (NOT %(own)s OR (r.is_private AND r.added_by_id = %(user)s))
ORDER BY r.is_private DESC, (r.added_by_id IS NOT DISTINCT FROM %(user)s) DESC, r.created_at LIMIT 1
"""  # noqa: S608 - names of our own columns, every value a parameter


def find_readable(
    user: int | None, url: str, revision: str, *, own: bool = False
) -> Repository | None:
    """The repository at an address that a person may read, their own private one first, or only that (`own`).

    Written out because it comes before every answer. Of its index, only what an answer needs is loaded.
    """
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"user": user, "url": url, "revision": revision, "own": own})
        row = cursor.fetchone()
    if row is None:
        return None
    found = Repository.from_db(connection.alias, OF_REPOSITORY, row[: len(OF_REPOSITORY)])
    values = dict(zip(OF_INDEX, row[len(OF_REPOSITORY) :], strict=True))
    if values["id"] is not None:
        values["embedders"] = json.loads(values["embedders"])
        found.current_index = Index.from_db(connection.alias, list(values), list(values.values()))
    return found
