"""Which revision of a repository a request means: the one it names, or its address does.

`https://host/owner/repository/tree/feature/x/src` names the branch `feature/x` or
`feature`, with a path behind it: the longest name that the host has counts. The revision
in a field of its own counts before one in the address.
"""

from __future__ import annotations

import threading

from django.conf import settings

from repos.jobs.options import fetch_limits
from repos.sources import Address, Source, SourceError, check_revision, first_existing
from repos.sources.errors import BadAddress
from repos.sources.revisions import possible_names

# Hosts are asked in threads that answers need, too: slow hosts must not take them all.
MAX_LOOKUPS = 2
_lookups = threading.BoundedSemaphore(MAX_LOOKUPS)


def possible_revisions(address: Address, revision: str) -> list[str]:
    """The revisions that may be meant, the likeliest first; empty for the default branch.

    Raises BadAddress if none can be the name of a revision.
    """
    named = address.named_revision
    if revision:
        return [check_revision(revision)]
    if not named.text:
        return [""]
    names = list(possible_names(named))
    if not names and not named.is_optional:
        raise BadAddress("bad_revision")
    return names or [""]


def choose_revision(address: Address, revision: str, token: str = "") -> str:
    """The revision that is meant; the host is asked where several may be.

    Blocks for some seconds at most. If the host does not answer, or others are being
    asked, the shortest name counts, and none where it may be a heading of the page.
    Raises BadAddress.
    """
    names = possible_revisions(address, revision)
    if revision or address.is_local or address.named_revision.is_certain:
        return names[0]
    fallback = "" if address.named_revision.is_optional else names[-1]
    if not _lookups.acquire(blocking=False):
        return fallback
    try:
        return first_existing(_source(address, token), names) or fallback
    except SourceError:
        return fallback
    finally:
        _lookups.release()


def _source(address: Address, token: str) -> Source:
    return Source(address, fetch_limits(), settings.DATA_DIR / "work", token=token)
