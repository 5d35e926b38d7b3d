"""Keys of the PostgreSQL advisory locks, all in one place so that no two collide.

https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

from __future__ import annotations

from typing import Final

# One-argument locks.
MIGRATE: Final = 0x0DEE9  # one process migrates at a time
HNSW_DDL: Final = 0x0DEE9A  # one process creates or drops HNSW indexes at a time
# First argument of a two-argument lock; the second is the person's id.
QUESTIONS_OF_PERSON: Final = 0x0A5C  # questions of one person are counted and stored one by one
# As above; the second argument is a hash of a network address.
QUESTIONS_OF_ADDRESS: Final = 0x0A5D  # questions of one address are counted one by one
# As above; a hash of a person's id or of a network address.
NEW_REPOSITORIES: Final = 0x0ADD  # new repositories of one requester are counted one by one
# Second argument: the person's id.
ATTACHMENTS_OF_A_PERSON: Final = 0x0A77  # files of one person are counted and stored one by one
