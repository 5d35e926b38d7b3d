"""Who may read a repository.

The rule itself is `RepositoryQuerySet.readable_by`; `permissions` compiles it for
written-out SQL.
"""

from repos.access.permissions import (
    OPERATOR_ID,
    PersonId,
    find_readable,
    readable_repositories,
)

__all__ = ["OPERATOR_ID", "PersonId", "find_readable", "readable_repositories"]
