"""Peers that send X-Forwarded-For and are not trusted to: perhaps a proxy nobody has named.

Anybody can send the header, so that it is a hint and no more: a line in the log for each of
the first few peers of a process, and a sentence in the admin.
"""

from __future__ import annotations

import logging
from ipaddress import ip_address

MAX_PEERS = 5

logger = logging.getLogger(__name__)
_peers: list[str] = []


def note(peer: str) -> None:
    """A peer that is not trusted sent X-Forwarded-For. Strangers from elsewhere may do so;
    a proxy of ours has a private address nearly always."""
    if peer in _peers or len(_peers) >= MAX_PEERS or not _is_private(peer):
        return
    _peers.append(peer)
    logger.warning(
        "%s sends X-Forwarded-For. If it is your proxy, set DEEPWIKI_TRUSTED_PROXIES=%s:"
        " until then everybody behind it counts as one address",
        peer,
        peer,
    )


def noted() -> list[str]:
    """The peers noted by this process."""
    return list(_peers)


def forget() -> None:
    """Begin anew."""
    _peers.clear()


def _is_private(peer: str) -> bool:
    try:
        return ip_address(peer).is_private
    except ValueError:
        return False
