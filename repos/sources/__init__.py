"""Sources: from an address to a tree of files and their bytes. No Django, no database.

address (hosts) -> network_policy -> git, following redirects, or local_folder -> Snapshot
"""

from repos.sources.address import Address, parse_address
from repos.sources.errors import Broken, NoRevision, NotFound, SourceError
from repos.sources.host import Host
from repos.sources.hosts import HOSTS, KINDS
from repos.sources.network_policy import has_public_host
from repos.sources.revisions import check_revision
from repos.sources.snapshot import (
    FetchLimits,
    Snapshot,
    Source,
    commits_between,
    first_existing,
    open_snapshot,
    remote_commit,
)
from repos.sources.tree import TreeEntry, printable

__all__ = [
    "HOSTS",
    "KINDS",
    "Address",
    "Broken",
    "FetchLimits",
    "Host",
    "NoRevision",
    "NotFound",
    "Snapshot",
    "Source",
    "SourceError",
    "TreeEntry",
    "check_revision",
    "commits_between",
    "first_existing",
    "has_public_host",
    "open_snapshot",
    "parse_address",
    "printable",
    "remote_commit",
]
