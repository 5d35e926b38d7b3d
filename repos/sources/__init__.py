"""From an address to a tree of blobs.

address (what a person typed) -> policy (may we go there?) -> git or local -> Snapshot (commit, entries, bytes)
"""

from repos.sources.address import Address, parse_address
from repos.sources.errors import SourceError
from repos.sources.snapshot import (
    FetchLimits,
    Snapshot,
    Source,
    commits_between,
    open_snapshot,
    remote_commit,
)

__all__ = [
    "Address",
    "FetchLimits",
    "Snapshot",
    "Source",
    "SourceError",
    "commits_between",
    "open_snapshot",
    "parse_address",
    "remote_commit",
]
